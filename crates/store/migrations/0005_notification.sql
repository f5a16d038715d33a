-- To which production address orders are announced: by access type or by product, one address each.
CREATE TABLE st_notification (
    merchant_id     TEXT NOT NULL,
    notification_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    subject         TEXT NOT NULL,
    address_id      TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, notification_id)
);

CREATE UNIQUE INDEX st_notification_subject ON st_notification (merchant_id, scope, subject);

-- What was announced: one message per order and node, whatever matched.
CREATE TABLE st_notified (
    merchant_id TEXT NOT NULL,
    order_id    TEXT NOT NULL,
    node        TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, order_id, node)
);
