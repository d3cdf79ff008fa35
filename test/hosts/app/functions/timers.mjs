import { app } from '@azure/functions';

const ticks = [];
app.timer('tick', {
  schedule: '%TICK%',
  handler: (timer) => {
    ticks.push({ isPastDue: timer.isPastDue, next: timer.scheduleStatus.next });
  },
});
app.http('ticks', { authLevel: 'anonymous', handler: () => ({ jsonBody: ticks }) });
