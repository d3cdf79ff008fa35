/** The part of a Bot Connector activity that is read (inbound fact sheet C.3). Unknown fields are Microsoft's business. */
import { z } from 'zod';

const text = z.string().max(2000);

/** What identifies an activity to the token check, before anything else in it is believed. */
export const activityEnvelope = z.looseObject({
  type: text,
  serviceUrl: text,
  channelId: text,
  name: text.optional(),
});

/** A press on a card, or the automatic refresh of one. */
export const cardAction = z.looseObject({
  from: z.looseObject({ aadObjectId: text.optional(), name: text.nullish() }),
  conversation: z.looseObject({ id: text, tenantId: text.optional() }),
  channelData: z.looseObject({ tenant: z.looseObject({ id: text }).optional() }).optional(),
  replyToId: text.optional(),
  value: z.looseObject({
    trigger: text.optional(),
    action: z.looseObject({
      type: text,
      // Absent when the card did not set them; our cards do.
      verb: text.optional(),
      data: z.looseObject({
        incidentId: text,
        planDigest: text,
        planVersion: z.number().int(),
        nonce: text,
        // Inputs are merged over the data by id: this is what the person typed.
        comment: z.string().max(20_000).nullish(),
      }),
    }),
  }),
});

export type CardAction = z.output<typeof cardAction>;

/** A message that mentions an outgoing webhook (inbound fact sheet C.2); old bodies lack person and tenant. */
export const outgoingMessage = z.looseObject({
  id: text.min(1),
  text: z.string().max(20_000),
  timestamp: text.optional(),
  from: z.looseObject({ aadObjectId: text.nullish(), name: text.nullish() }).optional(),
  conversation: z.looseObject({ tenantId: text.optional() }).optional(),
  channelData: z.looseObject({ tenant: z.looseObject({ id: text }).optional() }).optional(),
});

export type OutgoingMessage = z.output<typeof outgoingMessage>;
