/** Share of the planned objects whose planned value changed since the preview, percent; 0 of an empty plan. */
export const driftPercent = (drifted: number, planned: number): number =>
  planned === 0 ? 0 : (drifted / planned) * 100;
