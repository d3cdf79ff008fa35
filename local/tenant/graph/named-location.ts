import { z } from 'zod';
import type { Properties } from '../directory/model.js';
import { flaws, malformed } from './errors.js';

const displayName = z.string().min(1);

const ipNamedLocation = z.strictObject({
  '@odata.type': z.literal('#microsoft.graph.ipNamedLocation'),
  displayName,
  isTrusted: z.boolean().default(false),
  ipRanges: z
    .array(
      z.union([
        z.strictObject({
          '@odata.type': z.literal('#microsoft.graph.iPv4CidrRange'),
          cidrAddress: z.cidrv4(),
        }),
        z.strictObject({
          '@odata.type': z.literal('#microsoft.graph.iPv6CidrRange'),
          cidrAddress: z.cidrv6(),
        }),
      ]),
    )
    .min(1),
});

const countryNamedLocation = z.strictObject({
  '@odata.type': z.literal('#microsoft.graph.countryNamedLocation'),
  displayName,
  countriesAndRegions: z.array(z.string().regex(/^[A-Z]{2}$/)).min(1),
  countryLookupMethod: z
    .enum(['clientIpAddress', 'authenticatorAppGps'])
    .default('clientIpAddress'),
  includeUnknownCountriesAndRegions: z.boolean().default(false),
});

const namedLocation = z.discriminatedUnion('@odata.type', [ipNamedLocation, countryNamedLocation]);

/** The whole location from the body of a creation; a flaw is a 400. */
export function createdLocation(body: unknown): Properties {
  const parsed = namedLocation.safeParse(body);
  if (!parsed.success) throw malformed(flaws(parsed.error));
  return parsed.data;
}

/** The location that a PATCH leaves; the body has to name the type of the location it is sent to. */
export function patchedLocation(current: Readonly<Properties>, body: unknown): Properties {
  const patch = (body ?? {}) as Readonly<Properties>;
  if (patch['@odata.type'] !== current['@odata.type']) {
    throw malformed("The '@odata.type' of the named location is missing or cannot be changed.");
  }
  const { createdDateTime: _created, modifiedDateTime: _modified, ...before } = current;
  return createdLocation({ ...before, ...patch });
}
