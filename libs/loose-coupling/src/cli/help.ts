/** What `loose-coupling --help` prints. */
export const HELP = `loose-coupling <command> [options]

Of what a file asks for on AWS
  implement               make or change everything; run it again at any time
  queues, topics, events, circuit-breaker
                          implement, of this kind alone
  plan                    what implement would do; changes nothing
  doctor                  what would lose, delay or refuse messages
  docs                    write the page and the results, and change nothing
  export                  the same resources as a CloudFormation template
  destroy                 remove what the file names, with the messages in it

  -c, --config <file>     default: loose-coupling-config.json
  -r, --results <folder>  where results and the page are written. Default: results, beside the file
      --region <region>   instead of the file's
      --endpoint <url>    of an emulator. Default: AWS_ENDPOINT_URL, else AWS
      --json              print JSON

Of the embedded broker
  queues --file <file>    list the queues with the messages in them
  redrive --file <file>   send dead letters back to the queues they came from

  -f, --file <file>       file of the embedded broker: a path, or the name that the services give it,
                          which lies in LOOSE_COUPLING_DATA_DIR, by default .loose-coupling/
  -q, --queue <name>      redrive: only this queue, with or without -dlq. Default: all
  -n, --limit <number>    redrive: most messages to send back from a queue. Default: all

  -h, --help              show this

Exit codes: 0 done, 1 failed (doctor: found something), 2 wrong usage
`;
