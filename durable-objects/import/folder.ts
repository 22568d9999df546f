/** Where the parts of an import lie in the bucket. */
export function importFolder(workspace: { readonly id: string }, importId: string): string {
  return `imports/${workspace.id}/${importId}/`;
}

/** Deletes all that lies in a folder of a bucket. */
export async function emptyFolder(bucket: R2Bucket, prefix: string): Promise<void> {
  for (;;) {
    const { objects, truncated } = await bucket.list({ prefix });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
    if (!truncated) return;
  }
}
