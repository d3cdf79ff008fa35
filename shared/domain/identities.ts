/** A person as a verified token or the policy names them: `id` is the object id. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

export type ActorKind = 'user' | 'servicePrincipal';

export interface ActorRef {
  readonly kind: ActorKind;
  readonly id: string;
  readonly name: string;
}
