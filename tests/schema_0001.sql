INSERT INTO mission (id, code, name, country, timezone, language, changes, created_at)
VALUES (1, 'demo', 'Demonstration', 'Peru', 'America/Lima', 'es', 1, '2026-06-07 12:00:00.000000');
INSERT INTO round (id, mission_id, code, name, voting_day)
VALUES (1, 1, 'runoff', 'Run-off', '2026-06-07');
INSERT INTO person (id, email, name, phone, role, language, password_hash, active, created_at)
VALUES (1, 'observer@example.org', 'Ana', '', 'observer', 'es', '', true, '2026-06-07 12:00:00.000000');
INSERT INTO form (id, mission_id, code)
VALUES (1, 1, 'opening');
INSERT INTO form_version (id, form_id, number, definition, source_name, source, imported_at, published_at)
VALUES (1, 1, 1, '{}', 'opening.md', '', '2026-06-07 12:00:00.000000', '2026-06-07 12:00:00.000000');
INSERT INTO submission (id, mission_id, round_id, form_id, person_id, status, status_reason,
  current_revision, received_at, change)
VALUES ('00000000000040008000000000000001', 1, 1, 1, 1, 'received', '',
  1, '2026-06-07 12:00:00.000000', 1);
INSERT INTO revision (id, submission_id, number, conflicting, content_sha256, form_version_id,
  payload, answers, errors, received_at, person_id)
VALUES (1, '00000000000040008000000000000001', 1, false, 'abc', 1,
  '{}', '{"opened_on_time": "no"}', '[]', '2026-06-07 12:00:00.000000', 1);
