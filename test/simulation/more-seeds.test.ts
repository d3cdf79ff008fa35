import { itKeepsEveryInvariant } from './seeds.js';

describe('any incident, however it comes', () => {
  itKeepsEveryInvariant(1);
});
