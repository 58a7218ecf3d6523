-- want: Mixed (
create   table
  Mixed ( Id	INTEGER   primary   key ,Name text ) ;
Create Unique Index MixedName on MIXED(NAME);
