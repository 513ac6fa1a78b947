/** What `loose-coupling --help` prints. */
export const HELP = `loose-coupling <command> --file <broker file> [options]

Commands
  queues                  list the queues with the messages in them
  redrive                 send dead letters back to the queues they came from

Options
  -f, --file <file>       file of the embedded broker: a path, or the name that the services give it,
                          which lies in LOOSE_COUPLING_DATA_DIR, by default .loose-coupling/
  -q, --queue <name>      redrive: only this queue, with or without -dlq. Default: all
  -n, --limit <number>    redrive: most messages to send back from a queue. Default: all
  -h, --help              show this

Exit codes: 0 done, 1 failed, 2 wrong usage
`;
