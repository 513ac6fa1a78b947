const URI = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/s;

export const s3Uri = (bucket: string, key: string): string => `s3://${bucket}/${key}`;

/** Nothing, for what is no reference to an object of S3. */
export function parseS3Uri(text: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, key] = URI.exec(text) ?? [];
  // S3 takes "." and ".." as they are; what is between here and there may not.
  const escapes = key?.split('/').some((part) => part === '.' || part === '..');
  return bucket !== undefined && key !== undefined && !escapes ? { bucket, key } : undefined;
}

/** Whether a reference is to an object of the same bucket whose key begins with that of `root`. */
export function isBelow(reference: string, root: string): boolean {
  // Without a slash, "s3://orders" would cover "s3://orders-of-others/" too.
  const start = /^s3:\/\/[^/]+$/.test(root) ? `${root}/` : root;
  return reference.startsWith(start);
}
