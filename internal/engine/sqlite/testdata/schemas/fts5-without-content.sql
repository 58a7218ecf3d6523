-- want: content=''
CREATE VIRTUAL TABLE "the words" USING fts5(a, b UNINDEXED, content='', columnsize=0, detail=none);
