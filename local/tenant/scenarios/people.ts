import { isoSeconds, day } from '../directory/instants.js';
import type { Json, Properties } from '../directory/model.js';
import { chance, pick, type Random } from '../directory/random.js';

const givenNames =
  `Ada Amir Anna Bao Béatrice Carlos Chidi Dana Elif Emil Farah Finn Grace Hana Hugo Ines
  Ivan Jana João Kofi Lena Liam Mei Mila Nadia Noah Olga Omar Priya Quinn Rosa Ravi Sara
  Sven Tara Tomás Uma Viktor Wei Yara Zoë`.split(/\s+/);
const surnames =
  `Adler Bianchi Chen D'Angelo Eriksen Fischer Gupta Haddad Ito Jensen Kowalski Lindqvist
  Moreau Nakamura O'Brien Petrov Quispe Rossi Santos Tanaka Usman Vargas Weber Xu Yilmaz
  Ziegler Okafor Núñez Lambert Hoffmann`.split(/\s+/);
const places = [
  { city: 'Hamburg', country: 'Germany', usageLocation: 'DE', office: 'HAM-2' },
  { city: 'Lyon', country: 'France', usageLocation: 'FR', office: 'LYS-1' },
  { city: 'Porto', country: 'Portugal', usageLocation: 'PT', office: 'OPO-4' },
  { city: 'Austin', country: 'United States', usageLocation: 'US', office: 'AUS-7' },
] as const;
const titles = ['Analyst', 'Engineer', 'Specialist', 'Coordinator', 'Manager', 'Advisor'] as const;

export const departments = [
  'Finance',
  'Field Service',
  'Human Resources',
  'Information Technology',
  'Legal',
  'Logistics',
  'Marketing',
  'Operations',
  'Procurement',
  'Research',
  'Sales',
  'Support',
] as const;

/** The licence most employees hold (a plan's public SKU id). */
export const licence = '6fd2c87f-b296-42f0-b197-1e91e994b900';

// Shared by everybody who has the same, because a company has tens of thousands of them.
const licences: Json = [{ disabledPlans: [], skuId: licence }];
const none: Json = [];
const costCentres = Array.from({ length: 40 }, (_, index) => ({
  extensionAttribute1: `CC${1000 + index}`,
}));

/** An ordinary member, number `index` of the company. */
export function employee(random: Random, index: number, domain: string, start: number): Properties {
  const givenName = pick(random, givenNames);
  const surname = pick(random, surnames);
  const place = pick(random, places);
  const alias = `${ascii(givenName)}.${ascii(surname)}${index}`;
  const created = isoSeconds(start - day * (30 + Math.floor(random() * 2500)));
  const department = pick(random, departments);
  return {
    accountEnabled: true,
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    userPrincipalName: `${alias}@${domain}`,
    mail: `${alias}@${domain}`,
    mailNickname: alias,
    userType: 'Member',
    department,
    jobTitle: pick(random, titles),
    companyName: 'Woodgrove',
    officeLocation: place.office,
    employeeId: String(100_000 + index),
    employeeType: chance(random, 0.1) ? 'Contractor' : 'Employee',
    usageLocation: place.usageLocation,
    city: place.city,
    country: place.country,
    mobilePhone: chance(random, 0.6) ? `+49 555 01${String(index).padStart(5, '0')}` : null,
    businessPhones: chance(random, 0.5) ? [`+49 555 02${String(index).padStart(5, '0')}`] : none,
    otherMails: none,
    proxyAddresses: [`SMTP:${alias}@${domain}`, `smtp:${alias}@mail.${domain}`],
    onPremisesSyncEnabled: null,
    onPremisesExtensionAttributes: costCentres[index % costCentres.length] as Json,
    assignedLicenses: licences,
    signInSessionsValidFromDateTime: created,
    createdDateTime: created,
    lastPasswordChangeDateTime: created,
  };
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
}
