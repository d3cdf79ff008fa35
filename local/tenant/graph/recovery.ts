import { isoSeconds } from '../directory/instants.js';
import type { Job } from '../recovery/model.js';
import { snapshotId } from '../recovery/snapshots.js';
import { GraphError } from './errors.js';
import { asReader } from './recovery-access.js';
import { changeRoutes } from './recovery-changes.js';
import { jobRoutes } from './recovery-jobs.js';
import { recoveryReading, snapshotIn } from './recovery-routes.js';
import type { GraphContext, Outcome, Route } from './route.js';
