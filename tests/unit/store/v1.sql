-- A store as version 0.1.0 wrote it (schema 1). Never renewed: it is what migrations start from.
PRAGMA application_id = 1296258124;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE applies (
            serial INTEGER PRIMARY KEY,
            apply_id TEXT NOT NULL UNIQUE,
            plan_digest TEXT NOT NULL,
            base_serial INTEGER NOT NULL CHECK (base_serial = serial - 1),
            applied_at TEXT NOT NULL,
            actor TEXT NOT NULL,
            created INTEGER NOT NULL CHECK (created >= 0),
            updated INTEGER NOT NULL CHECK (updated >= 0),
            deleted INTEGER NOT NULL CHECK (deleted >= 0)
        ) STRICT
        ;
INSERT INTO "applies" VALUES(1,'a-1','sha256:947dd5a0272a7e6d44f46deb6ff4ffeacff0aacfb1dcc85587361ad830a46e57',0,'2027-02-01T09:30:00+00:00','anna',8,0,0);
INSERT INTO "applies" VALUES(2,'a-2','sha256:84da440dd01e30f23a365182ed4bd2c8578c8fb0e3508bf0d1bb61629016c10c',1,'2027-02-03T09:30:00+00:00','björn',0,1,1);
CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            apply_id TEXT NOT NULL REFERENCES applies (apply_id),
            address TEXT NOT NULL,
            action TEXT NOT NULL CHECK (action IN ('+', '~', '-')),
            reason TEXT NOT NULL,
            state_before TEXT NOT NULL,
            state_after TEXT NOT NULL,
            definition TEXT NOT NULL
        ) STRICT
        ;
INSERT INTO "events" VALUES(1,'a-1','grow','+','asked for','','open','sha256:aa');
INSERT INTO "events" VALUES(2,'a-1','grow/spring','+','asked for','','','');
INSERT INTO "events" VALUES(3,'a-1','grow/spring/enrollment/e1','+','asked for','','enrolled','');
INSERT INTO "events" VALUES(4,'a-1','grow/spring/enrollment/e2','+','asked for','','enrolled','');
INSERT INTO "events" VALUES(5,'a-1','grow/spring/training/t1','+','asked for','','assigned','');
INSERT INTO "events" VALUES(6,'a-1','grow/spring/match/m1','+','asked for','','proposed','');
INSERT INTO "events" VALUES(7,'a-1','grow/spring/match/m2','+','asked for','','proposed','');
INSERT INTO "events" VALUES(8,'a-1','grow/spring/session/s1','+','asked for','','planned','');
INSERT INTO "events" VALUES(9,'a-2','grow/spring/match/m1','~','asked for','proposed','accepted','');
INSERT INTO "events" VALUES(10,'a-2','grow/spring/enrollment/e2','-','asked for','enrolled','','');
CREATE TABLE head (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            workspace TEXT NOT NULL,
            lineage TEXT NOT NULL CHECK (lineage <> ''),
            serial INTEGER NOT NULL CHECK (serial >= 0),
            state_digest TEXT NOT NULL
        ) STRICT
        ;
INSERT INTO "head" VALUES(1,'acme','lineage-1',2,'sha256:352eeba6cfbf9200ddebd1488d556e84e9552b07e6949efdcec0e0a687fec72e');
CREATE TABLE migrations (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL
        ) STRICT
        ;
INSERT INTO "migrations" VALUES(1,'records, applies and events');
CREATE TABLE records (
            address TEXT NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            body TEXT NOT NULL
        ) STRICT
        ;
INSERT INTO "records" VALUES('grow','program','{"address":"grow","definition":"sha256:aa","matching_rules":"sha256:bb","name":"Program grow","owner":"people-team","state":"open"}');
INSERT INTO "records" VALUES('grow/spring','cohort','{"address":"grow/spring","ends":"2027-07-31","starts":"2027-01-11"}');
INSERT INTO "records" VALUES('grow/spring/enrollment/e1','enrollment','{"address":"grow/spring/enrollment/e1","person":"p1","role":"mentee","state":"enrolled"}');
INSERT INTO "records" VALUES('grow/spring/training/t1','training','{"address":"grow/spring/training/t1","due":"2027-02-14","enrollment":"e1","module":"basics","person":"p1","state":"assigned"}');
INSERT INTO "records" VALUES('grow/spring/match/m1','match','{"address":"grow/spring/match/m1","members":[{"person":"p1","role":"mentor"},{"person":"q1","role":"mentee"}],"relaxed":[],"score":70,"state":"accepted","subject":"","terms":[{"points":70,"rule":"skills — “Größe”"}]}');
INSERT INTO "records" VALUES('grow/spring/match/m2','match','{"address":"grow/spring/match/m2","members":[{"person":"p2","role":"mentor"},{"person":"q2","role":"mentee"}],"relaxed":[],"score":70,"state":"proposed","subject":"","terms":[{"points":70,"rule":"skills — “Größe”"}]}');
INSERT INTO "records" VALUES('grow/spring/session/s1','session','{"address":"grow/spring/session/s1","basis":"sha256:cc","kind":"meeting","minutes":60,"number":1,"people":["p1","q1"],"starts":"2027-03-01T09:00Z","state":"planned","subject":"m1","zone":"Europe/Berlin"}');
CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never edited'); END;
CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
CREATE TRIGGER applies_are_not_edited BEFORE UPDATE ON applies
        BEGIN SELECT RAISE(ABORT, 'applies are never edited'); END;
CREATE TRIGGER applies_are_not_removed BEFORE DELETE ON applies
        BEGIN SELECT RAISE(ABORT, 'applies are never removed'); END;
COMMIT;
