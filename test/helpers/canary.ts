/** A secret that must not be found anywhere, in any of the forms in which it could get there. */
export interface Canary {
  readonly name: string;
  readonly forms: readonly (readonly [string, Buffer])[];
}

/** Key material: its bytes, and whatever bytes are commonly written as. */
export function materialCanary(name: string, bytes: Buffer): Canary {
  const hex = bytes.toString('hex');
  const base64 = bytes.toString('base64');
  const texts = {
    hex,
    HEX: hex.toUpperCase(),
    base64: base64.replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
  };
  const list = JSON.stringify([...bytes]).slice(1, -1);
  return {
    name,
    forms: [
      ['raw', bytes],
      ['bytes', Buffer.from(list)],
      ...Object.entries(texts).map(([form, text]) => [form, Buffer.from(text)] as const),
    ],
  };
}

/** An API key or a token: its text, and the same in base64. */
export function textCanary(name: string, text: string): Canary {
  return {
    name,
    forms: [
      ['text', Buffer.from(text)],
      ['base64', Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, ''))],
    ],
  };
}

/** What anything of the shape of a token would be found by. */
const TOKEN = /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/;

/** @returns where each canary was found, and in which form; and every place with a token in it */
export function leaksIn(places: ReadonlyMap<string, string | Buffer>, canaries: readonly Canary[]): readonly string[] {
  return [...places].flatMap(([place, content]) => {
    const bytes = Buffer.from(content);
    const found = canaries.flatMap(({ name, forms }) =>
      forms.flatMap(([form, secret]) => (bytes.includes(secret) ? [`${place}: ${name}, ${form}`] : [])),
    );
    return TOKEN.test(bytes.toString('latin1')) ? [...found, `${place}: a token`] : found;
  });
}
