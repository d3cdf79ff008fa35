/** Registers what happens by the clock. Matched by `main`. */
import { app } from '@azure/functions';
import { servicesOfProcess } from '../shared/services.js';
import { watchPeople } from './activities/approve/watch-people.js';

// Each minute: nobody who must decide may be locked out for longer without somebody being told.
app.timer('watchPeopleTimer', {
  schedule: '0 * * * * *',
  handler: (_, context) => watchPeople(servicesOfProcess(), (line) => context.warn(line)),
});
