import { canonicalText, digestOf } from '../../shared/digest.js';
import { verifyChain } from '../../shared/domain/record.js';
import type { Case } from './case.js';
import type { Deployment } from './deployment.js';
import type { Finding } from './finding.js';

/** I8 and I14: the record is whole, says what was done, and nothing that was kept holds a secret. */
export function judgeRecord({ store, tenant }: Deployment, { incident }: Case): Finding[] {
  const findings: Finding[] = [];
  const entries = store.entries(incident.id);
  const lines = entries.map((entry) => canonicalText(entry as never));
  const verdict = verifyChain(lines, { canonicalText, digestOf });
  if (!verdict.ok) findings.push({ invariant: 'I8', what: `the record: ${verdict.why ?? ''}` });
  if (!verdict.closed) findings.push({ invariant: 'I8', what: 'the record has no closing entry' });

  const intents = entries.filter(({ kind }) => kind === 'execute.intent').length;
  const outcomes = entries.filter(({ kind }) => kind.startsWith('execute.outcome')).length;
  const batches = tenant.journal
    .since(0)
    .filter(({ batch = [] }) => batch.some(({ writes }) => writes.length > 0)).length;
  if (batches > intents) {
    findings.push({ invariant: 'I8', what: `${batches} batches wrote, ${intents} were announced` });
  }
  if (outcomes > intents) {
    findings.push({ invariant: 'I8', what: `${outcomes} outcomes of ${intents} intents` });
  }
  const kept = store.snapshot();
  for (const secret of [tenant.identity.managedIdentityHeader, tenant.identity.apiClientSecret]) {
    if (kept.includes(secret)) findings.push({ invariant: 'I14', what: 'a secret was kept' });
  }
  if (/eyJ[A-Za-z0-9_-]{20,}\.eyJ/.test(kept)) {
    findings.push({ invariant: 'I14', what: 'a token was kept' });
  }
  return findings;
}
