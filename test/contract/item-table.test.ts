import { tableEngines } from '../support/table-engines.ts';
import { itemTableContract } from './item-table.contract.ts';

tableEngines.forEach(itemTableContract);
