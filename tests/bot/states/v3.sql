BEGIN TRANSACTION;
CREATE TABLE "curated" (
   "id" TEXT PRIMARY KEY,
   "at" TEXT NOT NULL,
   "question" TEXT NOT NULL,
   "paragraph" TEXT NOT NULL,
   "document" TEXT NOT NULL,
   "title" TEXT NOT NULL,
   "section" TEXT,
   "text" TEXT NOT NULL
) STRICT;
INSERT INTO "curated" VALUES('01jgr0pin0000000','2026-01-04T05:06:07+00:00','湖有多大','p-lake','lake.md','湖',NULL,'湖面约20平方公里。');
CREATE TABLE "curation_prompts" (
   "id" TEXT PRIMARY KEY,
   "at" TEXT NOT NULL,
   "chat" TEXT NOT NULL,
   "message" INTEGER NOT NULL,
   "purpose" TEXT NOT NULL,
   "origin" TEXT NOT NULL,
   "words" TEXT
, "person" TEXT) STRICT;
INSERT INTO "curation_prompts" VALUES('01jgr0prompt0000','2026-01-04T05:06:07+00:00','c2dae0f42049ce8b',12,'search','log-v1-0','湖面 面积','5d96fbdd037542af');
CREATE TABLE "digests" (
   "person" TEXT PRIMARY KEY,
   "sent_for" TEXT
) STRICT;
INSERT INTO "digests" VALUES('5d96fbdd037542af','2026-01-04');
CREATE TABLE "file_ids" (
   "bot" INTEGER,
   "picture" TEXT,
   "kind" TEXT NOT NULL,
   "file_id" TEXT NOT NULL,
   "at" TEXT NOT NULL,
   PRIMARY KEY ("bot", "picture")
) STRICT;
INSERT INTO "file_ids" VALUES(7,'3f0c.png','photo','AgACAgUAAxkBAAI','2026-01-05T00:00:00+00:00');
CREATE TABLE "guests" (
   "person" TEXT PRIMARY KEY,
   "invitation" TEXT NOT NULL,
   "since" TEXT NOT NULL
) STRICT;
INSERT INTO "guests" VALUES('9ff93a40adc8d409','0a1b2c3d','2026-01-02T04:00:00+00:00');
INSERT INTO "guests" VALUES('aa7a008f217bc4fe','4e5f6071','2026-01-03T03:04:05+00:00');
CREATE TABLE "invitations" (
   "id" TEXT PRIMARY KEY,
   "code" TEXT,
   "made_at" TEXT NOT NULL,
   "expires_at" TEXT,
   "chat_title" TEXT
) STRICT;
INSERT INTO "invitations" VALUES('0a1b2c3d','0000000000000000000000000000000000000000000000000000000000000000','2026-01-02T03:04:05+00:00','2026-01-09T03:04:05+00:00',NULL);
INSERT INTO "invitations" VALUES('4e5f6071',NULL,'2026-01-03T03:04:05+00:00',NULL,'读书会');
CREATE TABLE "languages" (
   "person" TEXT PRIMARY KEY,
   "language" TEXT
) STRICT;
INSERT INTO "languages" VALUES('9ff93a40adc8d409','zh-hant');
CREATE TABLE "told" (
   "person" TEXT,
   "what" TEXT,
   PRIMARY KEY ("person", "what")
) STRICT;
INSERT INTO "told" VALUES('5d96fbdd037542af','privacy');
CREATE UNIQUE INDEX "idx_curation_prompts_chat_message"
    ON "curation_prompts" ("chat", "message");
COMMIT;
PRAGMA user_version = 3;
