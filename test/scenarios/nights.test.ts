// One file for all, because loading the product and the tenant costs more than a whole incident.
import './nights/attribute-wipe.js';
import './nights/mass-delete.js';
import './nights/membership-wipe.js';
import './nights/poisoned.js';
import './nights/policy-tamper.js';
import './nights/responders-locked-out.js';
import './nights/rogue-app.js';
import './nights/undo.js';
