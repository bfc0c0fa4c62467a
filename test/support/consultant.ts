/** A consultant as the desk meets one: a visitor who signed in, and sockets that carry the new session. */
import type { ConsultMessageView, OpenAnswer } from '../../schemas/consult/contract.js';
import { type Ear, type Reachable, TestVisitor } from './visitor.js';

export const DESK_PASSWORD = 'desk-password';

export class TestConsultant extends TestVisitor {
  constructor(
    site: Reachable,
    public name: string,
  ) {
    super(site);
  }

  /** Sign in, which gives a new session id. */
  async signIn(password = DESK_PASSWORD) {
    const response = await this.agent.post('/chat/admin/sign-in').send({ name: this.name, password });
    this.noteCookie(response.headers['set-cookie']);
    return response;
  }

  async signOut(): Promise<void> {
    const response = await this.agent.post('/chat/admin/sign-out').set('Accept', 'application/json').send({});
    if (response.status !== 200) throw new Error(`sign-out answered ${response.status}`);
    this.noteCookie(response.headers['set-cookie']);
  }

  /** A line to the desk. */
  desk(options: object = {}): Promise<Ear> {
    return this.listen('/consult', options);
  }

  private noteCookie(header: string | string[] | undefined): void {
    const cookies = [header ?? []].flat().map((line) => line.split(';')[0]);
    if (cookies.length > 0) this.cookie = cookies.join('; ');
  }
}

/** Somebody who has just signed in at the desk. */
export async function work(site: Reachable, name: string): Promise<TestConsultant> {
  const consultant = new TestConsultant(site, name);
  await consultant.arrive();
  const response = await consultant.signIn();
  if (response.status !== 200) throw new Error(`sign-in answered ${response.status} ${response.text}`);
  return consultant;
}

/** Begin a consultation on a visitor's line. @returns its id. */
export async function startConsult(ear: Ear, topic = 'a topic'): Promise<string> {
  const answer = await ear.ask<{ sessionId: string; code: string | null }>('start-consult', topic);
  if (!answer.ok) throw new Error(`start-consult answered ${answer.error.code}`);
  return answer.sessionId;
}

export async function takeCase(ear: Ear, sessionId: string): Promise<OpenAnswer> {
  const answer = await ear.ask<OpenAnswer>('consultant-join', sessionId);
  if (!answer.ok) throw new Error(`consultant-join answered ${answer.error.code}`);
  return answer;
}

export async function saySomething(
  ear: Ear,
  sessionId: string,
  message: string,
  clientId?: string,
): Promise<ConsultMessageView> {
  const answer = await ear.ask<{ message: ConsultMessageView }>('send-message', {
    sessionId,
    message,
    ...(clientId && { clientId }),
  });
  if (!answer.ok) throw new Error(`send-message answered ${answer.error.code}`);
  return answer.message;
}
