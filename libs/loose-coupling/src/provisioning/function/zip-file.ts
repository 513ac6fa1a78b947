import { crc32 } from 'node:zlib';

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8 = 0x0800;
/** 1 January 1980, the first day that the format knows. */
const DATE = 0x0021;
/** A file that everybody may read, as Lambda wants it. */
const MODE = 0o100644;
const MADE_ON_UNIX = 3 << 8;

/**
 * A zip archive of one file, stored as it is: the same bytes for the same content, on every version of Node, so that a hash tells
 * whether a function has changed. Format: APPNOTE.TXT 6.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zipFile(name: string, content: string): Uint8Array {
  const path = Buffer.from(name);
  const data = Buffer.from(content);
  const about = Buffer.alloc(26);
  about.writeUInt16LE(VERSION, 0);
  about.writeUInt16LE(UTF8, 2);
  about.writeUInt16LE(DATE, 8);
  about.writeUInt32LE(crc32(data), 10);
  about.writeUInt32LE(data.length, 14);
  about.writeUInt32LE(data.length, 18);
  about.writeUInt16LE(path.length, 22);

  const local = Buffer.concat([uint32(LOCAL), about, path, data]);
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(MADE_ON_UNIX | VERSION);
  // Comment, disk and internal attributes are nothing; then the mode, and where the file begins.
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(MODE * 0x10000, 6);
  const central = Buffer.concat([uint32(CENTRAL), madeBy, about, rest, path]);

  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, uint32(END), end]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
