import type { Driver, DriverContext } from '../driver.js';
import { connectByRadius } from '../postback/connect.js';
import { type ChilliFields, weakSecret } from './fields.js';

const NAME = 'CoovaChilli';

/** A chilli elsewhere: a visitor's browser carries the word, and chilli asks by RADIUS. */
export const connectAfar = (context: DriverContext<ChilliFields>): Driver =>
  connectByRadius(context, NAME, weakSecret(context.fields));
