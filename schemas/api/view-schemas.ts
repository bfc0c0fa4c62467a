/** Made by scripts/view-schemas.ts of the types of schemas/<place>/contract.ts: run `npm run documents`. */

type Schema = Readonly<Record<string, unknown>>;

/** Named types. */
// prettier-ignore
export const SCHEMAS: Readonly<Record<string, Schema>> = {
 "CannedReplyView": {
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "title": {
    "type": "string"
   },
   "text": {
    "type": "string"
   }
  },
  "required": [
   "_id",
   "title",
   "text"
  ]
 },
 "ConsultMessageView": {
  "description": "One stored message of a consultation. `seq` gives the order.",
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "sessionId": {
    "type": "string"
   },
   "seq": {
    "type": "number"
   },
   "message": {
    "type": "string"
   },
   "sender": {
    "enum": [
     "consultant",
     "user"
    ]
   },
   "timestamp": {
    "type": "string"
   },
   "author": {
    "$ref": "#/components/schemas/Person"
   },
   "image": {
    "$ref": "#/components/schemas/ImageView"
   },
   "clientId": {
    "type": "string"
   }
  },
  "required": [
   "_id",
   "sessionId",
   "seq",
   "message",
   "sender",
   "timestamp",
   "author"
  ]
 },
 "ConsultStep": {
  "type": "object",
  "properties": {
   "at": {
    "type": "string"
   },
   "what": {
    "enum": [
     "ended",
     "returned",
     "started",
     "taken",
     "transferred"
    ]
   },
   "by": {
    "type": "string"
   },
   "why": {
    "type": "string"
   }
  },
  "required": [
   "at",
   "what"
  ]
 },
 "DeskSessionView": {
  "description": "One consultation as its consultant sees it.",
  "type": "object",
  "properties": {
   "visitor": {
    "$ref": "#/components/schemas/Person"
   },
   "lang": {
    "type": "string"
   },
   "away": {
    "type": "boolean",
    "description": "The visitor has no page open now."
   },
   "answerDue": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ],
    "description": "Until when the consultant is to answer; null when nothing is unanswered."
   },
   "sessionId": {
    "type": "string"
   },
   "topic": {
    "type": "string"
   },
   "state": {
    "enum": [
     "ended",
     "taken",
     "waiting"
    ]
   },
   "consultant": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/Person"
     },
     {
      "type": "null"
     }
    ]
   },
   "seq": {
    "type": "number",
    "description": "The number of the newest message."
   },
   "rating": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "object",
      "properties": {
       "stars": {
        "type": "number"
       },
       "line": {
        "type": "string"
       }
      },
      "required": [
       "stars",
       "line"
      ]
     }
    ]
   },
   "endedBy": {
    "anyOf": [
     {
      "const": "consultant"
     },
     {
      "const": "user"
     },
     {
      "type": "null"
     }
    ]
   },
   "trail": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/ConsultStep"
    },
    "description": "The steps of the consultation, in order."
   },
   "createdAt": {
    "type": "string"
   },
   "queuedAt": {
    "type": "string"
   },
   "takenAt": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ]
   },
   "endedAt": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ]
   }
  },
  "required": [
   "visitor",
   "lang",
   "away",
   "answerDue",
   "sessionId",
   "topic",
   "state",
   "consultant",
   "seq",
   "rating",
   "endedBy",
   "trail",
   "createdAt",
   "queuedAt",
   "takenAt",
   "endedAt"
  ]
 },
 "DeskView": {
  "description": "How many wait, and who is at the desk: for consultants.",
  "type": "object",
  "properties": {
   "waiting": {
    "type": "number"
   },
   "consultants": {
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "id": {
       "type": "string"
      },
      "color": {
       "type": "string"
      },
      "name": {
       "type": "string"
      },
      "away": {
       "type": "boolean"
      },
      "cases": {
       "type": "number"
      }
     },
     "required": [
      "id",
      "color",
      "name",
      "away",
      "cases"
     ]
    }
   }
  },
  "required": [
   "waiting",
   "consultants"
  ]
 },
 "DirectView": {
  "description": "One direct message. `seq` orders its conversation and has no gaps.",
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "seq": {
    "type": "number"
   },
   "senderId": {
    "type": "string"
   },
   "receiverId": {
    "type": "string"
   },
   "message": {
    "type": "string"
   },
   "gif": {
    "$ref": "#/components/schemas/ImageView"
   },
   "clientId": {
    "type": "string"
   },
   "createdAt": {
    "type": "string"
   },
   "rev": {
    "type": "number",
    "description": "The number of its latest change in its room, lobby or conversation; 0: it was never changed."
   },
   "editedAt": {
    "type": "string"
   },
   "removed": {
    "enum": [
     "author",
     "host"
    ],
    "description": "Who removed it. Then it has no text and no image."
   },
   "byOperator": {
    "const": true,
    "description": "It was the operator of the site who removed it, as a host could."
   },
   "replyTo": {
    "$ref": "#/components/schemas/QuoteView"
   },
   "mentions": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Person"
    },
    "description": "People in the place whose whole name follows an `@` in the text."
   },
   "reactions": {
    "type": "object",
    "additionalProperties": {
     "type": "number"
    },
    "description": "Emoji -> how many people chose it."
   },
   "mine": {
    "type": "array",
    "items": {
     "type": "string"
    },
    "description": "Those of them that the reader chose: only in answers to the reader."
   }
  },
  "required": [
   "_id",
   "seq",
   "senderId",
   "receiverId",
   "createdAt",
   "rev"
  ]
 },
 "EndedView": {
  "description": "A consultation that ended lately, for consultants.",
  "type": "object",
  "properties": {
   "sessionId": {
    "type": "string"
   },
   "topic": {
    "type": "string"
   },
   "visitor": {
    "$ref": "#/components/schemas/Person"
   },
   "consultant": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/Person"
     },
     {
      "type": "null"
     }
    ]
   },
   "endedAt": {
    "type": "string"
   },
   "rating": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "object",
      "properties": {
       "stars": {
        "type": "number"
       },
       "line": {
        "type": "string"
       }
      },
      "required": [
       "stars",
       "line"
      ]
     }
    ]
   }
  },
  "required": [
   "sessionId",
   "topic",
   "visitor",
   "consultant",
   "endedAt",
   "rating"
  ]
 },
 "ErasedView": {
  "description": "Everything up to the message of the number `upTo` was erased: those that were not removed before are now, by `host`. Their changes have the numbers above `since`, up to `rev`.",
  "type": "object",
  "properties": {
   "room": {
    "type": "string"
   },
   "upTo": {
    "type": "number"
   },
   "since": {
    "type": "number"
   },
   "rev": {
    "type": "number"
   }
  },
  "required": [
   "room",
   "upTo",
   "since",
   "rev"
  ]
 },
 "ErrorView": {
  "description": "An error. The code is stable; the message is for people.",
  "type": "object",
  "properties": {
   "code": {
    "type": "string"
   },
   "message": {
    "type": "string"
   },
   "by": {
    "type": "string",
    "description": "The name of whoever was faster, if that is the reason."
   }
  },
  "required": [
   "code",
   "message"
  ]
 },
 "Failure": {
  "type": "object",
  "properties": {
   "ok": {
    "const": false
   },
   "error": {
    "$ref": "#/components/schemas/ErrorView"
   }
  },
  "required": [
   "ok",
   "error"
  ]
 },
 "ImageView": {
  "description": "The image of a message. `url` is relative to the site's base path, and served only to those who may see the message.",
  "type": "object",
  "properties": {
   "url": {
    "type": "string"
   },
   "width": {
    "type": "number"
   },
   "height": {
    "type": "number"
   },
   "alt": {
    "type": "string"
   },
   "flashes": {
    "const": true,
    "description": "It flashes more than WCAG 2.3.1 allows: show its first frame, and the rest only to who asks for it."
   }
  },
  "required": [
   "url",
   "width",
   "height",
   "alt"
  ]
 },
 "LobbyAnswer": {
  "description": "`/lobby` join says `success` where other acknowledgements say `ok`; it says both.",
  "anyOf": [
   {
    "type": "object",
    "properties": {
     "ok": {
      "const": false
     },
     "success": {
      "const": false
     },
     "error": {
      "$ref": "#/components/schemas/ErrorView"
     }
    },
    "required": [
     "ok",
     "success",
     "error"
    ]
   },
   {
    "type": "object",
    "properties": {
     "ok": {
      "const": true
     },
     "success": {
      "const": true
     },
     "user": {
      "type": "object",
      "properties": {
       "id": {
        "type": "string"
       },
       "name": {
        "type": "string"
       }
      },
      "required": [
       "id",
       "name"
      ]
     },
     "seq": {
      "type": "number"
     },
     "missed": {
      "type": "array",
      "items": {
       "$ref": "#/components/schemas/LobbyMessageView"
      }
     },
     "more": {
      "type": "boolean"
     },
     "rev": {
      "type": "number",
      "description": "The number after which the reader asks next: the newest one, unless there is more."
     },
     "changed": {
      "type": "array",
      "items": {
       "$ref": "#/components/schemas/LobbyMessageView"
      },
      "description": "Each message once, as it is now."
     },
     "moreChanged": {
      "type": "boolean",
      "description": "More was changed than is in `changed`: ask again with this `rev`."
     }
    },
    "required": [
     "ok",
     "success",
     "user",
     "seq",
     "missed",
     "more",
     "rev",
     "changed",
     "moreChanged"
    ]
   }
  ]
 },
 "LobbyMessageView": {
  "description": "One message of the lobby. In system messages `user.id` is null; `event` and `who` let a page use words of its own.",
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "seq": {
    "type": "number"
   },
   "chat": {
    "type": "string"
   },
   "gif": {
    "$ref": "#/components/schemas/ImageView"
   },
   "user": {
    "type": "object",
    "properties": {
     "id": {
      "anyOf": [
       {
        "type": "null"
       },
       {
        "type": "string"
       }
      ]
     },
     "name": {
      "type": "string"
     }
    },
    "required": [
     "id",
     "name"
    ]
   },
   "color": {
    "type": "string"
   },
   "event": {
    "enum": [
     "joined",
     "left",
     "renamed"
    ]
   },
   "who": {
    "$ref": "#/components/schemas/Person"
   },
   "clientId": {
    "type": "string"
   },
   "createdAt": {
    "type": "string"
   },
   "rev": {
    "type": "number",
    "description": "The number of its latest change in its room, lobby or conversation; 0: it was never changed."
   },
   "editedAt": {
    "type": "string"
   },
   "removed": {
    "enum": [
     "author",
     "host"
    ],
    "description": "Who removed it. Then it has no text and no image."
   },
   "byOperator": {
    "const": true,
    "description": "It was the operator of the site who removed it, as a host could."
   },
   "replyTo": {
    "$ref": "#/components/schemas/QuoteView"
   },
   "mentions": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Person"
    },
    "description": "People in the place whose whole name follows an `@` in the text."
   },
   "reactions": {
    "type": "object",
    "additionalProperties": {
     "type": "number"
    },
    "description": "Emoji -> how many people chose it."
   },
   "mine": {
    "type": "array",
    "items": {
     "type": "string"
    },
    "description": "Those of them that the reader chose: only in answers to the reader."
   }
  },
  "required": [
   "_id",
   "seq",
   "user",
   "createdAt",
   "rev"
  ]
 },
 "LobbyUserView": {
  "description": "Somebody who has a name in the lobby. `online` is false while they are away and the name is reserved for them.",
  "type": "object",
  "properties": {
   "online": {
    "type": "boolean"
   },
   "lastSeen": {
    "type": "string"
   },
   "id": {
    "type": "string"
   },
   "color": {
    "type": "string"
   },
   "name": {
    "type": "string"
   }
  },
  "required": [
   "online",
   "lastSeen",
   "id",
   "color",
   "name"
  ]
 },
 "MemberRoomView": {
  "description": "A room as its members see it.",
  "type": "object",
  "properties": {
   "roles": {
    "$ref": "#/components/schemas/Roles"
   },
   "pinned": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/MessageView"
     },
     {
      "type": "null"
     }
    ],
    "description": "The announcement at the top."
   },
   "hands": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Person"
    },
    "description": "Who has raised a hand, in this order."
   },
   "hostsOnly": {
    "type": "boolean",
    "description": "Only the host and helpers may write."
   },
   "picturesPaused": {
    "type": "boolean",
    "description": "Nobody but the host and helpers may post pictures."
   },
   "notices": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/NoticeView"
    },
    "description": "What those in charge did that matters also to who comes later, the latest last."
   },
   "_id": {
    "type": "string"
   },
   "title": {
    "type": "string"
   },
   "max": {
    "type": "number"
   },
   "owner": {
    "type": "string"
   },
   "locked": {
    "type": "boolean"
   },
   "people": {
    "type": "number"
   },
   "slow": {
    "type": "number",
    "description": "Seconds between two posts of one person; 0 for no limit. Hosts and helpers are exempt."
   },
   "closedDoor": {
    "type": "boolean",
    "description": "Nobody new may enter."
   },
   "approval": {
    "type": "boolean",
    "description": "Who wants to enter asks first, and a host or helper admits them."
   },
   "listed": {
    "type": "boolean",
    "description": "The list shows it; else only who has the link finds it."
   },
   "emptyUntil": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ],
    "description": "When an empty room closes unless somebody comes back; null while somebody is there."
   },
   "createdAt": {
    "type": "string"
   }
  },
  "required": [
   "roles",
   "pinned",
   "hands",
   "hostsOnly",
   "picturesPaused",
   "notices",
   "_id",
   "title",
   "max",
   "owner",
   "locked",
   "people",
   "slow",
   "closedDoor",
   "approval",
   "listed",
   "emptyUntil",
   "createdAt"
  ]
 },
 "MessageView": {
  "description": "One stored message. `seq` gives the order in the room; `user` is the author's colour.",
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "room": {
    "type": "string"
   },
   "seq": {
    "type": "number"
   },
   "user": {
    "type": "string"
   },
   "author": {
    "type": "object",
    "properties": {
     "id": {
      "type": "string"
     },
     "name": {
      "type": "string"
     }
    },
    "required": [
     "id",
     "name"
    ]
   },
   "chat": {
    "type": "string"
   },
   "gif": {
    "$ref": "#/components/schemas/ImageView"
   },
   "gifName": {
    "type": "string",
    "description": "The file name of the image, for simple clients."
   },
   "poll": {
    "$ref": "#/components/schemas/PollView",
    "description": "It asks something; `chat` is the question, for simple clients."
   },
   "clientId": {
    "type": "string"
   },
   "createdAt": {
    "type": "string"
   },
   "rev": {
    "type": "number",
    "description": "The number of its latest change in its room, lobby or conversation; 0: it was never changed."
   },
   "editedAt": {
    "type": "string"
   },
   "removed": {
    "enum": [
     "author",
     "host"
    ],
    "description": "Who removed it. Then it has no text and no image."
   },
   "byOperator": {
    "const": true,
    "description": "It was the operator of the site who removed it, as a host could."
   },
   "replyTo": {
    "$ref": "#/components/schemas/QuoteView"
   },
   "mentions": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Person"
    },
    "description": "People in the place whose whole name follows an `@` in the text."
   },
   "reactions": {
    "type": "object",
    "additionalProperties": {
     "type": "number"
    },
    "description": "Emoji -> how many people chose it."
   },
   "mine": {
    "type": "array",
    "items": {
     "type": "string"
    },
    "description": "Those of them that the reader chose: only in answers to the reader."
   }
  },
  "required": [
   "_id",
   "room",
   "seq",
   "user",
   "author",
   "createdAt",
   "rev"
  ]
 },
 "NoteView": {
  "description": "A consultant's note. Visitors never receive one.",
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "sessionId": {
    "type": "string"
   },
   "note": {
    "type": "string"
   },
   "author": {
    "$ref": "#/components/schemas/Person"
   },
   "createdAt": {
    "type": "string"
   }
  },
  "required": [
   "_id",
   "sessionId",
   "note",
   "author",
   "createdAt"
  ]
 },
 "NoticeKind": {
  "description": "What those in charge of a room did. Of these, `transcript` and `erased` are told to who comes later, too.",
  "enum": [
   "approval",
   "approval_off",
   "door_closed",
   "door_open",
   "erased",
   "everybody_writes",
   "hosts_only",
   "listed",
   "messages_removed",
   "password_dropped",
   "password_set",
   "pictures_free",
   "pictures_paused",
   "pinned",
   "seats",
   "slow",
   "slow_off",
   "title",
   "transcript",
   "unlisted"
  ]
 },
 "NoticeView": {
  "description": "One quiet line about what those in charge did.",
  "type": "object",
  "properties": {
   "what": {
    "$ref": "#/components/schemas/NoticeKind"
   },
   "count": {
    "type": "number"
   },
   "at": {
    "type": "string"
   }
  },
  "required": [
   "what",
   "at"
  ]
 },
 "Person": {
  "description": "What others may see of a visitor. `color` is `#rrggbb`. Only `id` identifies a visitor.",
  "type": "object",
  "properties": {
   "id": {
    "type": "string"
   },
   "color": {
    "type": "string"
   },
   "name": {
    "type": "string"
   }
  },
  "required": [
   "id",
   "color",
   "name"
  ]
 },
 "PollView": {
  "description": "A poll as it stands. `voters`, in the order of their first votes, only where the poll is `named`.",
  "type": "object",
  "properties": {
   "question": {
    "type": "string"
   },
   "options": {
    "type": "array",
    "items": {
     "type": "object",
     "properties": {
      "text": {
       "type": "string"
      },
      "votes": {
       "type": "number"
      },
      "voters": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/Person"
       }
      }
     },
     "required": [
      "text",
      "votes"
     ]
    }
   },
   "multiple": {
    "type": "boolean",
    "description": "Several options may be chosen."
   },
   "named": {
    "type": "boolean"
   },
   "endedAt": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ],
    "description": "Null while it is open."
   }
  },
  "required": [
   "question",
   "options",
   "multiple",
   "named",
   "endedAt"
  ]
 },
 "PresenceView": {
  "description": "Somebody came or went. `chat` is a sentence for simple clients; `who` is for clients with words of their own.",
  "type": "object",
  "properties": {
   "user": {
    "const": "system"
   },
   "chat": {
    "type": "string"
   },
   "who": {
    "$ref": "#/components/schemas/Person"
   },
   "people": {
    "type": "number"
   },
   "others": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/Person"
    },
    "description": "Only of a `join` that tells of several at once: who came in before `who`, in this order."
   },
   "reason": {
    "enum": [
     "banned",
     "removed"
    ],
    "description": "Only of an `exit`: they did not leave by themselves."
   }
  },
  "required": [
   "user",
   "chat",
   "who",
   "people"
  ]
 },
 "QueueView": {
  "description": "A visitor's position in the queue, from 1. `estimateMs` is null while too few takes tell how long it may take.",
  "type": "object",
  "properties": {
   "place": {
    "type": "number"
   },
   "waiting": {
    "type": "number"
   },
   "estimateMs": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "number"
     }
    ]
   },
   "staffed": {
    "type": "boolean",
    "description": "A consultant is signed in now."
   }
  },
  "required": [
   "place",
   "waiting",
   "estimateMs",
   "staffed"
  ]
 },
 "QuoteView": {
  "description": "The message that another one answers.",
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "seq": {
    "type": "number"
   },
   "name": {
    "type": "string",
    "description": "Of who wrote it."
   },
   "excerpt": {
    "type": "string",
    "description": "Its first words as they are now; empty: it was removed."
   }
  },
  "required": [
   "_id",
   "seq",
   "name",
   "excerpt"
  ]
 },
 "ReturnReason": {
  "enum": [
   "answer",
   "consultant",
   "line",
   "signed-out"
  ]
 },
 "Roles": {
  "description": "Visitor id -> role. Members are absent.",
  "type": "object",
  "additionalProperties": {
   "enum": [
    "helper",
    "host"
   ]
  }
 },
 "RoomView": {
  "description": "One room of the list. `people` is the number of visitors present, `max` the number of seats. `owner` is the host.",
  "type": "object",
  "properties": {
   "_id": {
    "type": "string"
   },
   "title": {
    "type": "string"
   },
   "max": {
    "type": "number"
   },
   "owner": {
    "type": "string"
   },
   "locked": {
    "type": "boolean"
   },
   "people": {
    "type": "number"
   },
   "slow": {
    "type": "number",
    "description": "Seconds between two posts of one person; 0 for no limit. Hosts and helpers are exempt."
   },
   "closedDoor": {
    "type": "boolean",
    "description": "Nobody new may enter."
   },
   "approval": {
    "type": "boolean",
    "description": "Who wants to enter asks first, and a host or helper admits them."
   },
   "listed": {
    "type": "boolean",
    "description": "The list shows it; else only who has the link finds it."
   },
   "emptyUntil": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ],
    "description": "When an empty room closes unless somebody comes back; null while somebody is there."
   },
   "createdAt": {
    "type": "string"
   }
  },
  "required": [
   "_id",
   "title",
   "max",
   "owner",
   "locked",
   "people",
   "slow",
   "closedDoor",
   "approval",
   "listed",
   "emptyUntil",
   "createdAt"
  ]
 },
 "SessionView": {
  "description": "One consultation as its visitor sees it.",
  "type": "object",
  "properties": {
   "sessionId": {
    "type": "string"
   },
   "topic": {
    "type": "string"
   },
   "state": {
    "enum": [
     "ended",
     "taken",
     "waiting"
    ]
   },
   "consultant": {
    "anyOf": [
     {
      "$ref": "#/components/schemas/Person"
     },
     {
      "type": "null"
     }
    ]
   },
   "seq": {
    "type": "number",
    "description": "The number of the newest message."
   },
   "rating": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "object",
      "properties": {
       "stars": {
        "type": "number"
       },
       "line": {
        "type": "string"
       }
      },
      "required": [
       "stars",
       "line"
      ]
     }
    ]
   },
   "endedBy": {
    "anyOf": [
     {
      "const": "consultant"
     },
     {
      "const": "user"
     },
     {
      "type": "null"
     }
    ]
   },
   "trail": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/ConsultStep"
    },
    "description": "The steps of the consultation, in order."
   },
   "createdAt": {
    "type": "string"
   },
   "queuedAt": {
    "type": "string"
   },
   "takenAt": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ]
   },
   "endedAt": {
    "anyOf": [
     {
      "type": "null"
     },
     {
      "type": "string"
     }
    ]
   }
  },
  "required": [
   "sessionId",
   "topic",
   "state",
   "consultant",
   "seq",
   "rating",
   "endedBy",
   "trail",
   "createdAt",
   "queuedAt",
   "takenAt",
   "endedAt"
  ]
 },
 "WaitingView": {
  "description": "One entry of the waiting list, for consultants only.",
  "type": "object",
  "properties": {
   "sessionId": {
    "type": "string"
   },
   "userId": {
    "type": "string"
   },
   "createdAt": {
    "type": "string"
   },
   "topic": {
    "type": "string"
   },
   "visitor": {
    "$ref": "#/components/schemas/Person"
   },
   "lang": {
    "type": "string"
   },
   "since": {
    "type": "string",
    "description": "Since when it has waited this time."
   },
   "returned": {
    "type": "boolean",
    "description": "It was returned by a consultant, and so comes before those that never left the queue."
   },
   "away": {
    "type": "boolean"
   }
  },
  "required": [
   "sessionId",
   "userId",
   "createdAt",
   "topic",
   "visitor",
   "lang",
   "since",
   "returned",
   "away"
  ]
 }
};

/** Namespace -> event of the server -> what it carries. */
// prettier-ignore
export const SERVER_EVENTS: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
 "/": {
  "news": {
   "type": "object",
   "properties": {
    "rooms": {
     "type": "number"
    },
    "people": {
     "type": "number"
    },
    "at": {
     "type": "string"
    }
   },
   "required": [
    "rooms",
    "people",
    "at"
   ]
  },
  "unread": {
   "type": "number",
   "description": "How many direct messages the visitor has not read, without muted conversations."
  },
  "announcement": {
   "anyOf": [
    {
     "type": "null"
    },
    {
     "type": "string"
    }
   ],
   "description": "What the operator tells everybody, on connect and when it changes; null: nothing any more."
  }
 },
 "/room": {
  "newRoom": {
   "$ref": "#/components/schemas/RoomView"
  },
  "updateRoom": {
   "$ref": "#/components/schemas/RoomView"
  },
  "removeRoom": {
   "type": "string"
  }
 },
 "/chat": {
  "join": {
   "$ref": "#/components/schemas/PresenceView"
  },
  "exit": {
   "$ref": "#/components/schemas/PresenceView"
  },
  "chat": {
   "$ref": "#/components/schemas/MessageView"
  },
  "chats": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/MessageView"
   },
   "description": "Instead of `chat`, for sockets that joined with `batch`: one message or more, in order."
  },
  "chatChanged": {
   "$ref": "#/components/schemas/MessageView",
   "description": "A message is not any more what it was: as it is now."
  },
  "reports": {
   "type": "object",
   "properties": {
    "room": {
     "type": "string"
    },
    "count": {
     "type": "number"
    }
   },
   "required": [
    "room",
    "count"
   ],
   "description": "To those in charge: how many messages and people are reported."
  },
  "erased": {
   "$ref": "#/components/schemas/ErasedView",
   "description": "Everything so far was erased. Of the newest 100 messages `chatChanged` follows, for clients that know only that."
  },
  "typing": {
   "type": "object",
   "properties": {
    "who": {
     "$ref": "#/components/schemas/Person"
    },
    "on": {
     "type": "boolean"
    }
   },
   "required": [
    "who",
    "on"
   ]
  },
  "closed": {
   "type": "object",
   "properties": {
    "room": {
     "type": "string"
    },
    "reason": {
     "enum": [
      "admin",
      "banned",
      "empty",
      "owner",
      "removed"
     ]
    }
   },
   "required": [
    "room",
    "reason"
   ],
   "description": "`removed` and `banned` are told to those only who were."
  },
  "roles": {
   "$ref": "#/components/schemas/Roles",
   "description": "The host has changed, or the helpers: all of them now."
  },
  "hands": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/Person"
   },
   "description": "Who has raised a hand, in this order."
  },
  "knocks": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/Person"
   },
   "description": "Who asks to be let in, in this order: told to the host and helpers."
  },
  "admitted": {
   "type": "object",
   "properties": {
    "room": {
     "type": "string"
    }
   },
   "required": [
    "room"
   ],
   "description": "Told to those who knocked, whether their sockets joined a room or not."
  },
  "refused": {
   "type": "object",
   "properties": {
    "room": {
     "type": "string"
    }
   },
   "required": [
    "room"
   ]
  },
  "room": {
   "$ref": "#/components/schemas/MemberRoomView",
   "description": "The host has changed the room: its title, its seats, its rules."
  },
  "notice": {
   "type": "object",
   "properties": {
    "what": {
     "$ref": "#/components/schemas/NoticeKind"
    },
    "count": {
     "type": "number"
    },
    "at": {
     "type": "string"
    },
    "room": {
     "type": "string"
    }
   },
   "required": [
    "what",
    "at",
    "room"
   ],
   "description": "Those in charge did something that is told in one quiet line."
  }
 },
 "/lobby": {
  "message": {
   "$ref": "#/components/schemas/LobbyMessageView"
  },
  "messages": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/LobbyMessageView"
   },
   "description": "Instead of `message`, for sockets that asked for it with `batch`: one message or more, in order."
  },
  "messageChanged": {
   "$ref": "#/components/schemas/LobbyMessageView",
   "description": "A message is not any more what it was: as it is now."
  },
  "users": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/LobbyUserView"
   },
   "description": "Sent at most twice a second, with the newest state. The list has at most 200 users; the counts are of all."
  }
 },
 "/direct": {
  "getOnlineUsers": {
   "type": "array",
   "items": {
    "type": "string"
   },
   "description": "Sent at most twice a second, with the newest state."
  },
  "newMessage": {
   "$ref": "#/components/schemas/DirectView"
  },
  "newMessages": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/DirectView"
   },
   "description": "Instead of `newMessage`, for sockets that asked for it with `batch`: one message or more, in order."
  },
  "messageChanged": {
   "$ref": "#/components/schemas/DirectView",
   "description": "A message is not any more what it was: as it is now. Sent to all tabs of both."
  },
  "read": {
   "type": "object",
   "properties": {
    "by": {
     "type": "string"
    },
    "with": {
     "type": "string"
    },
    "upTo": {
     "type": "number"
    }
   },
   "required": [
    "by",
    "with",
    "upTo"
   ],
   "description": "`by` has read what `with` wrote, up to `upTo`. Sent to all tabs of both."
  },
  "typing": {
   "type": "object",
   "properties": {
    "from": {
     "type": "string"
    },
    "on": {
     "type": "boolean"
    }
   },
   "required": [
    "from",
    "on"
   ]
  },
  "changed": {
   "type": "object",
   "properties": {
    "with": {
     "type": "string"
    }
   },
   "required": [
    "with"
   ],
   "description": "Something else about the conversation with this person has changed (muted, blocked): fetch it again."
  }
 },
 "/consult": {
  "session-created": {
   "type": "string"
  },
  "queue": {
   "$ref": "#/components/schemas/QueueView"
  },
  "consultant-connected": {
   "type": "object",
   "properties": {
    "sessionId": {
     "type": "string"
    },
    "consultant": {
     "$ref": "#/components/schemas/Person"
    }
   },
   "required": [
    "sessionId",
    "consultant"
   ]
  },
  "receive-message": {
   "$ref": "#/components/schemas/ConsultMessageView"
  },
  "consult-returned": {
   "type": "object",
   "properties": {
    "sessionId": {
     "type": "string"
    },
    "why": {
     "$ref": "#/components/schemas/ReturnReason"
    }
   },
   "required": [
    "sessionId",
    "why"
   ]
  },
  "consult-transferred": {
   "type": "object",
   "properties": {
    "sessionId": {
     "type": "string"
    },
    "consultant": {
     "$ref": "#/components/schemas/Person"
    }
   },
   "required": [
    "sessionId",
    "consultant"
   ]
  },
  "consult-ended": {
   "type": "object",
   "properties": {
    "sessionId": {
     "type": "string"
    },
    "by": {
     "enum": [
      "consultant",
      "user"
     ]
    }
   },
   "required": [
    "sessionId",
    "by"
   ]
  },
  "consult-moved": {
   "type": "object",
   "properties": {
    "sessionId": {
     "type": "string"
    }
   },
   "required": [
    "sessionId"
   ],
   "description": "The return code was used in another browser: this one receives nothing more."
  },
  "consult-typing": {
   "type": "object",
   "properties": {
    "sessionId": {
     "type": "string"
    },
    "on": {
     "type": "boolean"
    }
   },
   "required": [
    "sessionId",
    "on"
   ]
  },
  "waiting-sessions": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/WaitingView"
   }
  },
  "sessions-updated": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/WaitingView"
   }
  },
  "desk": {
   "$ref": "#/components/schemas/DeskView"
  },
  "session-updated": {
   "$ref": "#/components/schemas/DeskSessionView"
  },
  "note-added": {
   "$ref": "#/components/schemas/NoteView"
  },
  "replies-updated": {
   "type": "array",
   "items": {
    "$ref": "#/components/schemas/CannedReplyView"
   }
  },
  "ended-updated": {
   "description": "It carries nothing."
  }
 }
};

/** Namespace -> event of a client -> what it is acknowledged with. */
// prettier-ignore
export const ACKNOWLEDGED: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
 "/": {
  "reply": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "at": {
       "type": "string"
      }
     },
     "required": [
      "ok",
      "at"
     ]
    }
   ]
  }
 },
 "/room": {
  "catchUp": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "complete": {
       "type": "boolean"
      }
     },
     "required": [
      "ok",
      "complete"
     ]
    }
   ],
   "description": "Be told again what changed since this moment (milliseconds since the epoch, by the site's clock), by the events above. `complete`: nothing is missing now; else load the list again."
  }
 },
 "/chat": {
  "join": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "room": {
       "type": "string",
       "description": "The room's id, as in every payload: only the list's events carry the whole view."
      },
      "seq": {
       "type": "number"
      },
      "missed": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/MessageView"
       }
      },
      "people": {
       "type": "number",
       "description": "How many visitors are present, with the one who joined."
      },
      "members": {
       "type": "array",
       "items": {
        "type": "object",
        "properties": {
         "id": {
          "type": "string"
         },
         "color": {
          "type": "string"
         },
         "name": {
          "type": "string"
         },
         "shift": {
          "type": "number"
         }
        },
        "required": [
         "id",
         "color",
         "name",
         "shift"
        ]
       },
       "description": "Those visitors, in the order in which they took their seats. `shift`: how many steps the face is shifted."
      },
      "roles": {
       "$ref": "#/components/schemas/Roles",
       "description": "The host, and the helpers, present or not."
      },
      "hands": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/Person"
       },
       "description": "Who has raised a hand, in this order."
      },
      "knocks": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/Person"
       },
       "description": "Who asks to be let in: for the host and helpers, where the host is asked (`approval`)."
      },
      "reports": {
       "type": "number",
       "description": "How many messages and people are reported, if any: for the host and helpers, who are told of changes by `reports`."
      },
      "notices": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/NoticeView"
       },
       "description": "As in the members' view of a room."
      },
      "more": {
       "type": "boolean",
       "description": "More was missed than is in `missed`: read on with GET /room/:id/chats?after=."
      },
      "rev": {
       "type": "number",
       "description": "The number after which the reader asks next: the newest one, unless there is more."
      },
      "changed": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/MessageView"
       },
       "description": "Each message once, as it is now."
      },
      "moreChanged": {
       "type": "boolean",
       "description": "More was changed than is in `changed`: ask again with this `rev`."
      }
     },
     "required": [
      "ok",
      "room",
      "seq",
      "missed",
      "people",
      "members",
      "roles",
      "hands",
      "notices",
      "more",
      "rev",
      "changed",
      "moreChanged"
     ]
    }
   ]
  },
  "leave": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "post": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "message": {
       "$ref": "#/components/schemas/MessageView"
      }
     },
     "required": [
      "ok",
      "message"
     ]
    }
   ],
   "description": "The same as POST /room/:id/chat, for a socket that has joined the room."
  }
 },
 "/lobby": {
  "join": {
   "$ref": "#/components/schemas/LobbyAnswer",
   "description": "`batch` is about messages from now on; without it they go on coming as the handshake asked (HandshakeAuth)."
  },
  "sendMessage": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "message": {
       "$ref": "#/components/schemas/LobbyMessageView"
      }
     },
     "required": [
      "ok",
      "message"
     ]
    }
   ]
  },
  "leave": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  }
 },
 "/direct": {
  "read": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "typing": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  }
 },
 "/consult": {
  "start-consult": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "sessionId": {
       "type": "string"
      },
      "code": {
       "anyOf": [
        {
         "type": "null"
        },
        {
         "type": "string"
        }
       ]
      }
     },
     "required": [
      "ok",
      "sessionId",
      "code"
     ]
    }
   ]
  },
  "resume-consult": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "session": {
       "anyOf": [
        {
         "$ref": "#/components/schemas/SessionView"
        },
        {
         "type": "null"
        }
       ]
      },
      "queue": {
       "anyOf": [
        {
         "$ref": "#/components/schemas/QueueView"
        },
        {
         "type": "null"
        }
       ]
      },
      "messages": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/ConsultMessageView"
       }
      },
      "more": {
       "type": "boolean",
       "description": "There are later ones than these: ask again after the last."
      },
      "older": {
       "type": "boolean",
       "description": "There are earlier ones than these: ask before the first."
      }
     },
     "required": [
      "ok",
      "session",
      "queue",
      "messages",
      "more",
      "older"
     ]
    }
   ]
  },
  "send-message": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "message": {
       "$ref": "#/components/schemas/ConsultMessageView"
      }
     },
     "required": [
      "ok",
      "message"
     ]
    }
   ]
  },
  "end-consult": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "get-waiting-sessions": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "consultant-join": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "session": {
       "$ref": "#/components/schemas/DeskSessionView"
      },
      "notes": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/NoteView"
       }
      },
      "messages": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/ConsultMessageView"
       }
      },
      "more": {
       "type": "boolean",
       "description": "There are later ones than these: ask again after the last."
      },
      "older": {
       "type": "boolean",
       "description": "There are earlier ones than these: ask before the first."
      }
     },
     "required": [
      "ok",
      "session",
      "notes",
      "messages",
      "more",
      "older"
     ]
    }
   ]
  },
  "resume-desk": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "me": {
       "$ref": "#/components/schemas/Person"
      },
      "mine": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/DeskSessionView"
       }
      },
      "waiting": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/WaitingView"
       }
      },
      "desk": {
       "$ref": "#/components/schemas/DeskView"
      },
      "replies": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/CannedReplyView"
       }
      }
     },
     "required": [
      "ok",
      "me",
      "mine",
      "waiting",
      "desk",
      "replies"
     ]
    }
   ]
  },
  "open-consult": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "session": {
       "$ref": "#/components/schemas/DeskSessionView"
      },
      "notes": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/NoteView"
       }
      },
      "messages": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/ConsultMessageView"
       }
      },
      "more": {
       "type": "boolean",
       "description": "There are later ones than these: ask again after the last."
      },
      "older": {
       "type": "boolean",
       "description": "There are earlier ones than these: ask before the first."
      }
     },
     "required": [
      "ok",
      "session",
      "notes",
      "messages",
      "more",
      "older"
     ]
    }
   ]
  },
  "return-consult": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "transfer-consult": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "add-note": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "note": {
       "$ref": "#/components/schemas/NoteView"
      }
     },
     "required": [
      "ok",
      "note"
     ]
    }
   ]
  },
  "list-ended": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      },
      "ended": {
       "type": "array",
       "items": {
        "$ref": "#/components/schemas/EndedView"
       }
      }
     },
     "required": [
      "ok",
      "ended"
     ]
    }
   ],
   "description": "`since`: midnight in the consultant's time zone, in milliseconds; at most a day ago."
  },
  "save-reply": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "remove-reply": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  },
  "still-here": {
   "anyOf": [
    {
     "$ref": "#/components/schemas/Failure"
    },
    {
     "type": "object",
     "properties": {
      "ok": {
       "const": true
      }
     },
     "required": [
      "ok"
     ]
    }
   ]
  }
 }
};

/** Frames that the raw gateway sends. */
// prettier-ignore
export const SERVER_FRAMES: readonly Schema[] = [
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "ready"
   },
   "userId": {
    "type": "string"
   },
   "name": {
    "type": "string"
   },
   "online": {
    "type": "array",
    "items": {
     "type": "string"
    }
   },
   "after": {
    "type": "number"
   }
  },
  "required": [
   "type",
   "userId",
   "name",
   "online",
   "after"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "chat"
   },
   "fromUserId": {
    "type": "string"
   },
   "toUserId": {
    "type": "string"
   },
   "message": {
    "type": "string",
    "description": "Of a picture: what it shows, if anything says so."
   },
   "gif": {
    "$ref": "#/components/schemas/ImageView"
   },
   "timestamp": {
    "type": "string"
   },
   "id": {
    "type": "string"
   },
   "seq": {
    "type": "number"
   },
   "mail": {
    "type": "number"
   }
  },
  "required": [
   "type",
   "fromUserId",
   "toUserId",
   "message",
   "timestamp",
   "id",
   "seq",
   "mail"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "sent"
   },
   "clientId": {
    "type": "string"
   },
   "message": {
    "$ref": "#/components/schemas/DirectView"
   }
  },
  "required": [
   "type",
   "message"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "notification"
   },
   "message": {
    "type": "string"
   },
   "clientId": {
    "type": "string"
   },
   "toUserId": {
    "type": "string"
   }
  },
  "required": [
   "type",
   "message",
   "toUserId"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "online"
   },
   "online": {
    "type": "array",
    "items": {
     "type": "string"
    }
   }
  },
  "required": [
   "type",
   "online"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "read"
   },
   "by": {
    "type": "string"
   },
   "with": {
    "type": "string"
   },
   "upTo": {
    "type": "number"
   }
  },
  "required": [
   "type",
   "by",
   "with",
   "upTo"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "typing"
   },
   "from": {
    "type": "string"
   },
   "on": {
    "type": "boolean"
   }
  },
  "required": [
   "type",
   "from",
   "on"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "token"
   },
   "token": {
    "type": "string"
   },
   "expiresAt": {
    "type": "string"
   }
  },
  "required": [
   "type",
   "token",
   "expiresAt"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "error"
   },
   "code": {
    "type": "string"
   },
   "message": {
    "type": "string"
   },
   "clientId": {
    "type": "string"
   }
  },
  "required": [
   "type",
   "code",
   "message"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "joined"
   },
   "room": {
    "type": "string"
   },
   "seq": {
    "type": "number"
   },
   "missed": {
    "type": "array",
    "items": {
     "$ref": "#/components/schemas/MessageView"
    }
   },
   "more": {
    "type": "boolean"
   },
   "people": {
    "type": "number"
   }
  },
  "required": [
   "type",
   "room",
   "seq",
   "missed",
   "more",
   "people"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "posted"
   },
   "message": {
    "$ref": "#/components/schemas/MessageView"
   },
   "clientId": {
    "type": "string"
   }
  },
  "required": [
   "type",
   "message"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "room"
   },
   "message": {
    "$ref": "#/components/schemas/MessageView"
   }
  },
  "required": [
   "type",
   "message"
  ]
 },
 {
  "type": "object",
  "properties": {
   "type": {
    "const": "closed"
   },
   "room": {
    "type": "string"
   },
   "reason": {
    "type": "string"
   }
  },
  "required": [
   "type",
   "room",
   "reason"
  ]
 }
];
