import { isObject, problemOf, request, type Answer } from './request.js';
import { CommandFailed } from './usage.js';

export interface Press {
  readonly person: string;
  readonly verb: 'approve' | 'reject';
  readonly incidentId: string;
  readonly comment?: string;
  readonly waitMs?: number;
}

/** A job that a person starts in the portal. */
export interface PortalJob {
  readonly person: string;
  readonly kind: 'preview' | 'recovery';
  readonly snapshotId: string;
  readonly filteringCriteria: unknown;
}

/** One fact of the directory that is not as it was. */
export interface Difference {
  readonly objectId: string;
  readonly what: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Whether the product wrote this fact since. */
  readonly ours: boolean;
}

/** The simulated tenant's control server (contract section 1), as the local commands use it. */
export interface Control {
  readonly url: string;
  setApp(url: string): Promise<void>;
  people(): Promise<readonly string[]>;
  /** A person's object id. */
  idOf(person: string): Promise<string>;
  /** Why this person gets no token, e.g. because somebody disabled them; null when they do. */
  refusalOf(person: string): Promise<string | null>;
  /** An access token for the API, satisfying these claims if any; never kept longer than a command runs. */
  token(person: string, claims?: string | null): Promise<string>;
  /** Raises the scenario's alert under a new name; answers the incident's id. */
  alert(): Promise<string>;
  /** Presses a button of the incident's newest card; answers what the bot said. */
  press(press: Press): Promise<{ readonly counted: boolean; readonly said: string }>;
  /** Starts a job with the person's own rights; answers its id, or that another one runs. */
  startJob(job: PortalJob): Promise<string>;
  /** What is different in the tenant from an instant, ISO 8601. */
  differences(since: string): Promise<readonly Difference[]>;
}

export function createControl(url: string): Control {
  const ask = (method: string, path: string, body?: unknown, timeoutMs?: number) =>
    request(method, new URL(path, url), {
      ...(body === undefined ? {} : { body }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  const call = async (...asked: Parameters<typeof ask>) => {
    const answer = await ask(...asked);
    if (answer.status !== 200) {
      throw new CommandFailed(`the simulated tenant answered ${problemOf(answer)}`);
    }
    return isObject(answer.body) ? answer.body : {};
  };

  const people = async () => {
    const { people: list } = await call('GET', '/people');
    return Array.isArray(list) ? list.filter(isObject) : [];
  };

  return {
    url,
    setApp: async (app) => {
      await call('PUT', '/app', { url: app });
    },
    people: async () => (await people()).map((who) => String(who['person'])),
    idOf: async (person) => {
      const found = (await people()).find((who) => who['person'] === person);
      if (found === undefined) throw new CommandFailed(`the tenant knows no ${person}`);
      return String(found['id']);
    },
    refusalOf: async (person) => {
      const answer = await ask('POST', '/token', { person });
      if (answer.status === 200) return null;
      const error = isObject(answer.body) ? answer.body['error'] : null;
      if (answer.status !== 403 || !isObject(error)) {
        throw new CommandFailed(`the simulated tenant answered ${problemOf(answer)}`);
      }
      return String(error['code']);
    },
    token: async (person, claims = null) => {
      const wish = { person, ...(claims !== null && { claims }) };
      const { accessToken } = await call('POST', '/token', wish);
      if (typeof accessToken === 'string') return accessToken;
      throw new CommandFailed(`no token for ${person}`);
    },
    alert: async () => {
      const { status, body } = await call('POST', '/alert', {});
      if (status === 202 && isObject(body) && typeof body['incidentId'] === 'string') {
        return body['incidentId'];
      }
      const answer: Answer = { status: Number(status), body, text: JSON.stringify(body ?? '') };
      throw new CommandFailed(`the alert was refused: ${problemOf(answer)}`);
    },
    press: async (wish) => {
      const { status, answer } = await call('POST', '/press', wish, (wish.waitMs ?? 0) + 60_000);
      const invoke = isObject(answer) ? answer : {};
      const value = isObject(invoke['value']) ? invoke['value'] : {};
      if (status === 200 && invoke['statusCode'] === 200) return { counted: true, said: 'counted' };
      const said = [value['code'], value['message']].filter((word) => typeof word === 'string');
      return { counted: false, said: said.join(': ') || `HTTP ${String(status)}` };
    },
    startJob: async (job) => {
      const answer = await ask('POST', '/recovery/jobs', job);
      if (answer.status === 409) return 'busy';
      if (answer.status === 200 && isObject(answer.body)) return String(answer.body['jobId']);
      throw new CommandFailed(`the portal answered ${problemOf(answer)}`);
    },
    differences: async (since) => {
      const { differences } = await call('GET', `/differences?since=${encodeURIComponent(since)}`);
      return Array.isArray(differences) ? (differences as readonly Difference[]) : [];
    },
  };
}
