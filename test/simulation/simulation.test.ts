import { draw } from './draw.js';
import { itKeepsEveryInvariant } from './seeds.js';
import { simulate } from './simulate.js';

describe('any incident, however it comes', () => {
  itKeepsEveryInvariant(0);

  it('is the same incident when the same seed runs again', async () => {
    expect(draw(7).faults).toEqual(draw(7).faults);
    expect(await simulate(7)).toEqual(await simulate(7));
  }, 60_000);
});
