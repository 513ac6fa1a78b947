/** What messages go over, in the words of the semantic conventions where they have one. */
export interface MessagingSystems {
  readonly events: string;
  readonly queues: string;
}
