/** An AWS emulator: how it runs in Python, and as a container. */
export interface EmulatorKind {
  readonly name: 'MiniStack' | 'Moto';
  /** As pip takes it. */
  readonly requirement: string;
  /** Python that serves on 127.0.0.1 and the port `PORT` of its environment. */
  readonly code: string;
  readonly image: string;
  readonly containerPort: number;
}

export const MINISTACK: EmulatorKind = {
  name: 'MiniStack',
  requirement: 'ministack==1.5.33',
  code: `
import os
os.environ['BIND_HOST'] = '127.0.0.1'
os.environ['GATEWAY_PORT'] = os.environ['PORT']
os.environ['LOG_LEVEL'] = 'ERROR'
os.environ['SFTP_ENABLED'] = '0'
from ministack.app import main
main()
`,
  image: 'ministackorg/ministack:1.5.33',
  containerPort: 4566,
};

export const MOTO: EmulatorKind = {
  name: 'Moto',
  requirement: 'moto[server]==5.2.5',
  code: `
import logging, os
logging.getLogger('werkzeug').setLevel(logging.ERROR)
from moto.server import main
main(['-H', '127.0.0.1', '-p', os.environ['PORT']])
`,
  image: 'motoserver/moto:5.2.5',
  containerPort: 5000,
};
