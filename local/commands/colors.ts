import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

export const noColors: Colors = pc.createColors(false);

/** Colours only where a person looks: a terminal, unless NO_COLOR asks for none. */
export function colorsFor(stream: NodeJS.WriteStream): Colors {
  const wanted = stream.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return pc.createColors(wanted);
}
