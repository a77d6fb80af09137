/** A report with what differs from run to run made the same: ids in order of appearance, fingerprints (they cover ids) blanked, times cut to their day. */
export function normal(text: string): string {
  const ids = new Map<string, string>();
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      ids.set(id, ids.get(id) ?? `id-${ids.size + 1}`);
      return ids.get(id) ?? '';
    })
    .replace(/\b[0-9a-f]{16}\b/g, '…')
    .replace(/\b127\.0\.0\.1:\d+/g, '127.0.0.1:…')
    .replace(/(\d{4}-\d{2}-\d{2})T[\d:.]+Z/g, '$1');
}
