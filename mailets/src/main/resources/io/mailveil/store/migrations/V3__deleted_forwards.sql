-- A forward without a public address is deleted: nobody finds it, and its phantom addresses with it, which a later work removes a few at a
-- time, since to remove very many at once makes all mail wait.

ALTER TABLE FORWARD ALTER COLUMN PUBLIC_ADDRESS DROP NOT NULL;
