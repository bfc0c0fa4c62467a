/** The site's collections. */
import type { Connection } from 'mongoose';
import { adminDeedSchema, adminSessionSchema } from './admin/admin.js';
import { admissionSchema } from './rooms/admission.js';
import { banSchema } from './rooms/ban.js';
import { cannedReplySchema } from './consult/canned-reply.js';
import { caseSchema } from './consult/case.js';
import { caseMessageSchema, caseNoteSchema } from './consult/case-message.js';
import { chatSchema } from './rooms/chat.js';
import { consultantSchema, deskSessionSchema } from './consult/consultant.js';
import { conversationSchema, directSchema } from './direct/direct.js';
import { imageBudgetSchema } from './messages/image-budget.js';
import { lobbyChatSchema, lobbyUserSchema } from './lobby/lobby.js';
import { lobbyPicturesSchema } from './lobby/pictures.js';
import { knockSchema } from './rooms/knock.js';
import { mailboxSchema } from './direct/mailbox.js';
import { identitySchema } from './site/identity.js';
import { nodeSchema } from './site/node.js';
import { noticesSchema } from './site/notices.js';
import { paceSchema } from './rooms/pace.js';
import { personSchema } from './people/person.js';
import { presenceSchema } from './people/presence.js';
import { reportSchema } from './rooms/report.js';
import { roomSchema } from './rooms/room.js';
import { seatSchema } from './rooms/seat.js';
import { siteBanSchema } from './people/site-ban.js';
import { tokenSchema } from './people/token.js';
import { tombstoneSchema } from './rooms/tombstone.js';

/** The models of all collections on one connection. Their indexes are created at start. */
export function createModels(connection: Connection) {
  return {
    Room: connection.model('Room', roomSchema),
    Chat: connection.model('Chat', chatSchema),
    Seat: connection.model('Seat', seatSchema),
    Admission: connection.model('Admission', admissionSchema),
    Pace: connection.model('Pace', paceSchema),
    Knock: connection.model('Knock', knockSchema),
    Ban: connection.model('Ban', banSchema),
    Report: connection.model('Report', reportSchema),
    ImageBudget: connection.model('ImageBudget', imageBudgetSchema),
    Tombstone: connection.model('Tombstone', tombstoneSchema),
    Person: connection.model('Person', personSchema),
    Presence: connection.model('Presence', presenceSchema),
    LobbyUser: connection.model('LobbyUser', lobbyUserSchema),
    LobbyChat: connection.model('LobbyChat', lobbyChatSchema),
    LobbyPictures: connection.model('LobbyPictures', lobbyPicturesSchema),
    Conversation: connection.model('Conversation', conversationSchema),
    Direct: connection.model('Direct', directSchema),
    Mailbox: connection.model('Mailbox', mailboxSchema),
    Token: connection.model('Token', tokenSchema),
    NodeLease: connection.model('NodeLease', nodeSchema),
    Identity: connection.model('Identity', identitySchema),
    Notices: connection.model('Notices', noticesSchema),
    SiteBan: connection.model('SiteBan', siteBanSchema),
    AdminSession: connection.model('AdminSession', adminSessionSchema),
    AdminDeed: connection.model('AdminDeed', adminDeedSchema),
    Case: connection.model('Case', caseSchema),
    CaseMessage: connection.model('CaseMessage', caseMessageSchema),
    CaseNote: connection.model('CaseNote', caseNoteSchema),
    Consultant: connection.model('Consultant', consultantSchema),
    DeskSession: connection.model('DeskSession', deskSessionSchema),
    CannedReply: connection.model('CannedReply', cannedReplySchema),
  };
}

export type Models = ReturnType<typeof createModels>;
