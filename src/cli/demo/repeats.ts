/**
 * Passes a command's output on as it comes. A beginning that says once more all that the last command has said is held
 * back: one line stands for it.
 *
 * @param last what the last command has said; '' for nothing
 * @param sameAgain the line to print instead
 */
export function withoutRepeats(
  last: string,
  sameAgain: string,
  print: (text: string) => void,
): {
  write(text: string): void;
  /** @returns all that was said */
  end(): string;
} {
  let said = '';
  let held = last !== '';
  const release = (text: string): void => {
    held = false;
    print(text);
  };
  return {
    write(text) {
      said += text;
      if (!held) print(text);
      else if (said.startsWith(last)) release(sameAgain + said.slice(last.length));
      else if (!last.startsWith(said)) release(said);
    },
    end() {
      if (held) release(said);
      return said;
    },
  };
}
