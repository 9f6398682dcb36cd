import type { Driver, DriverContext } from '../driver.js';
import { connectByRadius } from '../postback/connect.js';
import { type ChilliFields, noticesOf } from './fields.js';

/** A chilli elsewhere: a visitor's browser carries the word, and chilli asks by RADIUS. */
export const connectAfar = (context: DriverContext<ChilliFields>): Driver =>
  connectByRadius(context, {
    name: 'CoovaChilli',
    notes: noticesOf(context),
    // 1.9: its Disconnect-NAK has no Error-Cause, and means that.
    bareRefusalIsAbsent: true,
    findsClients: true,
  });
