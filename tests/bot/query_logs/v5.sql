BEGIN TRANSACTION;
CREATE TABLE "figures" (
   "query" TEXT REFERENCES "queries"("id"),
   "rank" INTEGER,
   "text" TEXT NOT NULL,
   "kind" TEXT NOT NULL,
   "value" TEXT NOT NULL,
   "unit" TEXT,
   "metric" TEXT,
   "period" TEXT,
   "paragraph" TEXT REFERENCES "paragraphs"("id"),
   "start" INTEGER NOT NULL,
   "end" INTEGER NOT NULL,
   PRIMARY KEY ("query", "rank")
) STRICT;
INSERT INTO "figures" VALUES('v1-0',1,'20平方公里','measure','20.0','平方公里','湖面','2019年','p-lake',3,9);
INSERT INTO "figures" VALUES('v2-0',1,'20平方公里','measure','20.0','平方公里','湖面','2019年','p-lake',3,9);
CREATE TABLE "hits" (
   "query" TEXT REFERENCES "queries"("id"),
   "rank" INTEGER,
   "paragraph" TEXT NOT NULL REFERENCES "paragraphs"("id"),
   "score" REAL NOT NULL,
   "marks" TEXT NOT NULL, "answering" TEXT NOT NULL DEFAULT '[]', "continued" TEXT NOT NULL DEFAULT '[]', "same_as" TEXT, "checked" INTEGER NOT NULL DEFAULT 0,
   PRIMARY KEY ("query", "rank")
) STRICT;
INSERT INTO "hits" VALUES('v1-0',1,'p-lake',3.5,'[[0, 1]]','[]','[]',NULL,0);
INSERT INTO "hits" VALUES('v2-0',1,'p-lake',3.5,'[[0, 1]]','[[0, 9]]','["p-lake-2"]',NULL,1);
INSERT INTO "hits" VALUES('v2-0',2,'p-copy',3.25,'[]','[]','[]','p-lake',0);
INSERT INTO "hits" VALUES('v5-0',1,'p-row',3.5,'[]','[]','[]',NULL,0);
INSERT INTO "hits" VALUES('v5-0',2,'p-map',3.25,'[]','[]','[]',NULL,0);
CREATE TABLE "paragraphs" (
   "id" TEXT PRIMARY KEY,
   "document" TEXT NOT NULL,
   "article" INTEGER NOT NULL,
   "position" INTEGER NOT NULL,
   "title" TEXT NOT NULL,
   "section" TEXT,
   "text" TEXT NOT NULL,
   "date" TEXT,
   "source" TEXT,
   "author" TEXT,
   "continues" INTEGER NOT NULL
, "page" INTEGER, "cells" TEXT NOT NULL DEFAULT '[]', "pictures" TEXT NOT NULL DEFAULT '[]', "confidence" REAL) STRICT;
INSERT INTO "paragraphs" VALUES('p-lake','lake.md',0,2,'湖区','面积','湖面约20平方公里。','2019','县志','王芳',0,NULL,'[]','[]',NULL);
INSERT INTO "paragraphs" VALUES('p-lake-2','lake.md',0,3,'湖区','面积','其中水深超过5米的约8平方公里。','2019','县志','王芳',0,NULL,'[]','[]',NULL);
INSERT INTO "paragraphs" VALUES('p-copy','old.md',0,0,'旧志',NULL,'湖面约20平方公里。',NULL,NULL,NULL,0,NULL,'[]','[]',NULL);
INSERT INTO "paragraphs" VALUES('p-row','lake.pdf',0,5,'湖区年报','表1','2021年 · 湖面 21平方公里','2022',NULL,NULL,0,3,'[{"start": 11, "end": 17, "metric": "湖面", "period": "2021年"}]','[]',NULL);
INSERT INTO "paragraphs" VALUES('p-map','lake.pdf',0,6,'湖区年报',NULL,'湖区全景','2022',NULL,NULL,0,4,'[]','[{"key": "0123456789abcdef0123456789abcdef.png", "width": 640, "height": 480, "caption": "湖区全景", "paragraph": ""}]',0.75);
CREATE TABLE "queries" (
   "id" TEXT PRIMARY KEY,
   "at" TEXT NOT NULL,
   "question" TEXT NOT NULL,
   "normal" TEXT NOT NULL,
   "terms" TEXT NOT NULL,
   "wanted" TEXT NOT NULL,
   "found" INTEGER NOT NULL,
   "near" INTEGER NOT NULL,
   "milliseconds" REAL NOT NULL,
   "stages" TEXT NOT NULL,
   "snapshot" TEXT NOT NULL,
   "pictures" TEXT NOT NULL,
   "asker" TEXT NOT NULL,
   "chat" TEXT NOT NULL,
   "chat_kind" TEXT NOT NULL,
   "language" TEXT NOT NULL,
   "source" TEXT NOT NULL,
   "reply" INTEGER
, "read_as" TEXT, "suggestion" TEXT, "message" INTEGER, "series" TEXT) STRICT;
INSERT INTO "queries" VALUES('v1-0','2026-01-02T03:04:05.678Z','湖有多大？','湖有多大?','["湖", "大"]','{"kinds": ["measure"], "unit": "平方公里", "period": "2019年", "grain": "year"}',1,0,1.5,'{"search": 1.5}','20260101-abc','[{"path": "lake.png", "caption": "湖面"}]','a50d816b4c0a80eb','77552c7d98c4a1c3','private','zh','telegram',7,NULL,NULL,NULL,NULL);
INSERT INTO "queries" VALUES('v1-1','2026-01-03T03:04:05.678Z','山有多高？','山有多高?','["山", "高"]','{"kinds": [], "unit": null, "period": null, "grain": null}',0,1,0.0,'{}','','[]','a50d816b4c0a80eb','77552c7d98c4a1c3','private','zh','telegram',7,NULL,NULL,NULL,NULL);
INSERT INTO "queries" VALUES('v2-0','2026-02-03T04:05:06.789Z','那面积呢？','湖的面积有多大?','["湖", "大"]','{"kinds": ["measure"], "unit": "平方公里", "period": "2019年", "grain": "year"}',1,0,1.5,'{"search": 1.5}','20260101-abc','[{"path": "lake.png", "caption": "湖面"}]','a50d816b4c0a80eb','77552c7d98c4a1c3','private','zh','telegram',9,'湖的面积有多大？','湖面有多大？',21,NULL);
INSERT INTO "queries" VALUES('v5-0','2026-03-03T04:05:06.789Z','历年湖面','历年湖面','["湖", "大"]','{"kinds": ["measure"], "unit": "平方公里", "period": "2019年", "grain": "year"}',1,0,1.5,'{"search": 1.5}','20260101-abc','[{"key": "0123456789abcdef0123456789abcdef.png", "width": 640, "height": 480, "caption": "湖区全景", "paragraph": "p-map"}]','a50d816b4c0a80eb','77552c7d98c4a1c3','private','zh','telegram',11,NULL,NULL,31,'{"metric": "湖面", "scope": null, "unit": "平方公里", "points": [{"period": "2019", "statements": [{"figure": {"text": "21平方公里", "kind": "measure", "value": 21.0, "unit": "平方公里", "start": 11, "end": 17, "metric": "湖面", "period": "2019年", "paragraph": "p-row"}, "amount": 21.0, "sources": ["p-row"]}]}, {"period": "2020", "statements": [{"figure": {"text": "21平方公里", "kind": "measure", "value": 21.0, "unit": "平方公里", "start": 11, "end": 17, "metric": "湖面", "period": "2020年", "paragraph": "p-row"}, "amount": 21.0, "sources": ["p-row"]}]}, {"period": "2021", "statements": [{"figure": {"text": "21平方公里", "kind": "measure", "value": 21.0, "unit": "平方公里", "start": 11, "end": 17, "metric": "湖面", "period": "2021年", "paragraph": "p-row"}, "amount": 21.0, "sources": ["p-row"]}]}], "sources": [{"id": "p-row", "document": "lake.pdf", "title": "湖区年报", "section": "表1", "page": 3, "date": "2022"}]}');
CREATE TABLE "votes" (
   "query" TEXT REFERENCES "queries"("id"),
   "voter" TEXT,
   "verdict" TEXT NOT NULL,
   "at" TEXT NOT NULL, "rank" INTEGER NOT NULL DEFAULT 0, "reason" TEXT, "comment" TEXT, "prompt" INTEGER,
   PRIMARY KEY ("query", "voter")
) STRICT;
INSERT INTO "votes" VALUES('v1-0','a50d816b4c0a80eb','up','2026-01-02T03:05:00.000Z',0,NULL,NULL,NULL);
INSERT INTO "votes" VALUES('v2-0','a50d816b4c0a80eb','down','2026-02-03T04:06:00.000Z',1,'paragraph','说的是另一个湖',23);
CREATE INDEX "idx_queries_normal"
    ON "queries" ("normal");
CREATE INDEX "idx_queries_milliseconds"
    ON "queries" ("milliseconds");
CREATE INDEX "idx_hits_paragraph"
    ON "hits" ("paragraph");
CREATE INDEX "idx_figures_paragraph"
    ON "figures" ("paragraph");
CREATE INDEX "idx_votes_verdict_at"
    ON "votes" ("verdict", "at");
CREATE INDEX "idx_queries_chat_asker_at"
    ON "queries" ("chat", "asker", "at");
CREATE INDEX "idx_queries_chat_reply"
    ON "queries" ("chat", "reply");
CREATE VIEW "overview" AS 
SELECT
    queries.id,
    queries.at,
    queries.question,
    queries.read_as,
    queries.found,
    figures.text AS figure,
    paragraphs.title,
    paragraphs.text AS paragraph,
    hits.score,
    queries.milliseconds,
    (SELECT count(*) FROM votes WHERE votes.query = queries.id AND verdict = 'up') AS up,
    (SELECT count(*) FROM votes WHERE votes.query = queries.id AND verdict = 'down') AS down
FROM queries
LEFT JOIN hits ON hits.query = queries.id AND hits.rank = 1
LEFT JOIN paragraphs ON paragraphs.id = hits.paragraph
LEFT JOIN figures ON figures.query = queries.id AND figures.rank = 1;
CREATE INDEX "idx_queries_chat_message"
    ON "queries" ("chat", "message");
CREATE INDEX "idx_queries_by_time"
    ON "queries" ("at", "found", "asker", "milliseconds", "normal", "id");
CREATE INDEX "idx_queries_by_outcome"
    ON "queries" ("found", "at", "normal", "id");
CREATE INDEX "idx_queries_asker_at"
    ON "queries" ("asker", "at");
COMMIT;
PRAGMA user_version = 5;
