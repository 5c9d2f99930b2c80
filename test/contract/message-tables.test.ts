import { tableEngines } from '../support/table-engines.ts';
import { messageTablesContract } from './message-tables.contract.ts';

tableEngines.forEach(messageTablesContract);
