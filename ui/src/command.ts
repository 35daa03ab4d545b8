// A command as it is shown.

/** What the shell takes literally, or else the gap before a long option. */
const GAP = /(\\[^]|'[^']*'|"(?:\\[^]|[^"])*")|\s+(?:\\\n\s*)?(?=--)/g;

/** `command` with each long option on a line of its own; it stays the same command. */
export const onLines = (command: string): string =>
  command.replace(GAP, (_, literal?: string) => literal ?? " \\\n  ");
