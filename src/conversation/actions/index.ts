/** Importing this file makes every action known to the flows. */
import './cart';
import './catalog';
import './checkout';
import './orders';
import './place-order';
import './shop';

export { outcomesOfAction } from './action';
