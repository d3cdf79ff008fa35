import type * as df from 'durable-functions';
import { tenantJobs as contract, type Lease } from '../shared/contracts/catalogue.js';
import {
  acquire,
  nobody,
  release,
  takeOver,
  type Holding,
} from '../shared/domain/native/tenant-jobs.js';

/**
 * The tenant's one native job, kept apart between incidents (safety.md I11). The time comes with each
 * request, from the asking orchestration's own clock. A request it does not understand changes nothing.
 */
export const tenantJobs: df.EntityHandler<Holding> = (context) => {
  const entity = context.df;
  const holding = entity.getState(() => nobody) ?? nobody;
  switch (entity.operationName) {
    case 'acquire': {
      const { incidentId, now } = contract.acquire.parse(entity.getInput());
      answer(acquire(holding, incidentId, now));
      return;
    }
    case 'takeOver': {
      const { incidentId, now, from } = contract.takeOver.parse(entity.getInput());
      answer(takeOver(holding, incidentId, now, from));
      return;
    }
    case 'release': {
      const { incidentId } = contract.release.parse(entity.getInput());
      answer({ holding: release(holding, incidentId), granted: false, expired: false });
      return;
    }
    default:
      answer({ holding, granted: false, expired: false });
  }

  function answer(now: { holding: Holding; granted: boolean; expired: boolean }): void {
    entity.setState(now.holding);
    const lease: Lease = {
      granted: now.granted,
      owner: now.holding.owner,
      expired: now.expired,
    };
    entity.return(lease);
  }
};
