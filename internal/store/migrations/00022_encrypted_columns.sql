-- +goose Up
ALTER TABLE instance RENAME COLUMN sealed_password TO encrypted_password;
ALTER TABLE git_provider RENAME COLUMN sealed_secret TO encrypted_secret;
ALTER TABLE verification RENAME COLUMN sealed_secret TO encrypted_secret;
ALTER TABLE "grant" RENAME COLUMN sealed_access_token TO encrypted_access_token;
ALTER TABLE "grant" RENAME COLUMN sealed_refresh_token TO encrypted_refresh_token;
ALTER TABLE repository_link RENAME COLUMN sealed_hook_secret TO encrypted_hook_secret;

-- +goose Down
ALTER TABLE instance RENAME COLUMN encrypted_password TO sealed_password;
ALTER TABLE git_provider RENAME COLUMN encrypted_secret TO sealed_secret;
ALTER TABLE verification RENAME COLUMN encrypted_secret TO sealed_secret;
ALTER TABLE "grant" RENAME COLUMN encrypted_access_token TO sealed_access_token;
ALTER TABLE "grant" RENAME COLUMN encrypted_refresh_token TO sealed_refresh_token;
ALTER TABLE repository_link RENAME COLUMN encrypted_hook_secret TO sealed_hook_secret;
