/** What every journal has to do, whatever it is stored in. */
import assert from 'node:assert/strict';
import type { Journal } from '@yiqiao/journal';
import { describeAudit } from './describe-audit.ts';
import { describeEnds } from './describe-ends.ts';
import { describeEvidence } from './describe-evidence.ts';
import { describeLists } from './describe-lists.ts';
import { describeOpening } from './describe-opening.ts';
import { describeOdd } from './describe-odd.ts';
import { describeRecords } from './describe-records.ts';
import { describeResolution } from './describe-resolution.ts';
import { describeSearch } from './describe-search.ts';
import { newExchange, newLeg } from './samples.ts';

/** Where a journal is kept during one test. */
export interface JournalPlace {
  /** Opens the journal that is kept here, new or not. */
  open(): Promise<Journal>;
  /** Removes it; the journal is closed. */
  remove(): Promise<void>;
}

/** Gives each test its journal. */
export interface JournalUnderTest {
  /** The open journal. */
  journal(): Journal;
  /** Closes it and opens it again. */
  reopen(): Promise<Journal>;
}

/** The tests of the contract `Journal`. */
export function describeJournal(name: string, create: () => Promise<JournalPlace>): void {
  describe(name, () => {
    let place: JournalPlace;
    let journal: Journal;
    beforeEach(async () => {
      place = await create();
      journal = await place.open();
    });
    afterEach(async () => {
      await journal.close();
      await place.remove();
    });
    const subject: JournalUnderTest = {
      journal: () => journal,
      reopen: async () => {
        await journal.close();
        journal = await place.open();
        return journal;
      },
    };
    describeOpening(subject);
    describeEnds(subject);
    describeResolution(subject);
    describeOdd(subject);
    describeRecords(subject);
    describeLists(subject);
    describeSearch(subject);
    describeAudit(subject);
    describeEvidence(subject);
    describeClosing(subject);
  });
}

function describeClosing({ journal, reopen }: JournalUnderTest): void {
  describe('close', () => {
    it('writes what is still queued', async () => {
      const id = journal().open(newExchange(1), newLeg(1));
      void journal().keep([{ institution: 'H00000000001', kind: 'visit', key: 'V1', body: '{"a":1}' }]);
      const again = await reopen();
      assert.equal((await again.load(await id))?.state, 'sent');
      assert.equal(await again.findRecord('H00000000001', 'visit', 'V1'), '{"a":1}');
    });

    it('refuses later writes as JOURNAL_FAILED', async () => {
      await journal().close();
      await assert.rejects(journal().open(newExchange(1), newLeg(1)), { code: 'JOURNAL_FAILED' });
    });

    it('may be called twice', async () => {
      await journal().close();
      await journal().close();
    });
  });
}
