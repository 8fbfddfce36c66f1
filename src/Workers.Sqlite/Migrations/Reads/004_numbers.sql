-- Numbers by which models are queried, a JSON object of whole ones: amounts of money in cents. Those of models that are there come from their data.
ALTER TABLE read_models ADD COLUMN numbers TEXT NOT NULL DEFAULT '{}';

UPDATE read_models SET numbers = json_patch('{}', CASE type
    WHEN 'UserReadModel' THEN json_object('age', json_extract(CAST(data AS TEXT), '$.age'))
    WHEN 'OrderReadModel' THEN json_object(
        'total', CAST(round(json_extract(CAST(data AS TEXT), '$.total') * 100) AS INTEGER),
        'total_amount', CAST(round(json_extract(CAST(data AS TEXT), '$.total_amount') * 100) AS INTEGER))
    WHEN 'PaymentReadModel' THEN json_object(
        'amount', CAST(round(json_extract(CAST(data AS TEXT), '$.amount') * 100) AS INTEGER),
        'refunded_amount', CAST(round(json_extract(CAST(data AS TEXT), '$.refunded_amount') * 100) AS INTEGER))
    WHEN 'ProductReadModel' THEN json_object(
        'price', CAST(round(json_extract(CAST(data AS TEXT), '$.price') * 100) AS INTEGER),
        'stock', json_extract(CAST(data AS TEXT), '$.stock'),
        'available', json_extract(CAST(data AS TEXT), '$.available'))
    ELSE '{}' END)
WHERE deleted = 0;
