import { LooseCouplingError } from '../../kernel/index.js';

/** What a requester is told when its request was carried out before, and the reply did not get through. */
export class ReplyLostError extends LooseCouplingError {
  readonly code = 'LC_REPLY_LOST';

  constructor(type: string, id: string) {
    super(
      `The request "${type}" ${id} was carried out by an earlier delivery, whose reply is lost. ` +
        'Ask for the state it led to; or give the handler `inbox: false`, when repeating it does no harm.',
    );
  }
}
