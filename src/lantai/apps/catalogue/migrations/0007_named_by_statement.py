# fmt: off
"""What a description names is there: held by one check a statement instead of eight a row.

Foreign keys are checked row by row, which costs an import more than the rows themselves. The triggers promise the
same: what is named exists when the statement ends and is locked against removal until the transaction ends; what is
named is not removed, as of the commit. Five indexes that other ones begin with, or that no query uses, go too.
"""

import django.db.models.deletion
from django.db import migrations, models

_CHECKS = """
CREATE FUNCTION catalogue_require(target regclass, col text, ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE there bigint[]; wrong bigint;
BEGIN
    IF cardinality(array_remove(ids, NULL)) = 0 THEN RETURN; END IF;
    EXECUTE format('SELECT array_agg(id) FROM (SELECT id FROM %s WHERE id = ANY($1) ORDER BY id FOR KEY SHARE) t',
                   target) INTO there USING ids;
    SELECT n INTO wrong FROM (SELECT unnest(array_remove(ids, NULL)) EXCEPT SELECT unnest(there)) x (n) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a description names % % in %, which is not there', col, wrong, target
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'catalogue_named_' || col;
    END IF;
END $$;

CREATE FUNCTION catalogue_named(fonds bigint[], orgs bigint[], kinds bigint[], versions bigint[], packages bigint[],
                                above bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalogue_require('holdings_fonds', 'fonds_id', fonds);
    PERFORM catalogue_require('orgs_org', 'custodian_id', orgs);
    PERFORM catalogue_require('holdings_recordkind', 'kind_id', kinds);
    PERFORM catalogue_require('kinds_kindversion', 'kind_version_id', versions);
    PERFORM catalogue_require('custody_package', 'package_id', packages);
    PERFORM catalogue_require('catalogue_description', 'parent_id', above);
END $$;

CREATE FUNCTION catalogue_named_entered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n record;
BEGIN
    SELECT array_agg(fonds_id) AS f, array_agg(custodian_id) || array_agg(creator_id) AS o, array_agg(kind_id) AS k,
           array_agg(kind_version_id) AS v, array_agg(package_id) AS p INTO n
      FROM (SELECT DISTINCT fonds_id, custodian_id, creator_id, kind_id, kind_version_id, package_id FROM entered) e;
    PERFORM catalogue_named(n.f, n.o, n.k, n.v, n.p, (SELECT array_agg(id) FROM (
        SELECT parent_id FROM entered WHERE parent_id IS NOT NULL
        UNION SELECT merged_into_id FROM entered WHERE merged_into_id IS NOT NULL) a (id)));
    RETURN NULL;
END $$;

CREATE FUNCTION catalogue_named_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n record;
BEGIN
    SELECT array_agg(fonds_id) AS f, array_agg(custodian_id) || array_agg(creator_id) AS o, array_agg(kind_id) AS k,
           array_agg(kind_version_id) AS v, array_agg(package_id) AS p INTO n
      FROM (SELECT DISTINCT e.fonds_id, e.custodian_id, e.creator_id, e.kind_id, e.kind_version_id, e.package_id
              FROM entered e JOIN former f ON f.id = e.id AND
                   (f.fonds_id, f.custodian_id, f.creator_id, f.kind_id, f.kind_version_id, f.package_id)
                   IS DISTINCT FROM
                   (e.fonds_id, e.custodian_id, e.creator_id, e.kind_id, e.kind_version_id, e.package_id)) c;
    PERFORM catalogue_named(n.f, n.o, n.k, n.v, n.p, (SELECT array_agg(id) FROM (
        SELECT e.parent_id FROM entered e JOIN former f ON f.id = e.id WHERE e.parent_id IS DISTINCT FROM f.parent_id
        UNION SELECT e.merged_into_id FROM entered e JOIN former f ON f.id = e.id
         WHERE e.merged_into_id IS DISTINCT FROM f.merged_into_id) a (id)));
    RETURN NULL;
END $$;

CREATE TRIGGER catalogue_named_entered AFTER INSERT ON catalogue_description
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION catalogue_named_entered();
CREATE TRIGGER catalogue_named_changed AFTER UPDATE ON catalogue_description
    REFERENCING NEW TABLE AS entered OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION catalogue_named_changed();

CREATE FUNCTION catalogue_still_named() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE col text; wrong bigint; is_back boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE id = $1)', TG_RELID::regclass) INTO is_back USING OLD.id;
    IF is_back THEN RETURN NULL; END IF;
    FOREACH col IN ARRAY TG_ARGV LOOP
        EXECUTE format('SELECT id FROM catalogue_description WHERE %I = $1 LIMIT 1', col) INTO wrong USING OLD.id;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'description % still names % % in %', wrong, col, OLD.id, TG_TABLE_NAME
                USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'catalogue_named_' || col;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""
_NAMED = {
    "holdings_fonds": "'fonds_id'",
    "orgs_org": "'custodian_id', 'creator_id'",
    "holdings_recordkind": "'kind_id'",
    "kinds_kindversion": "'kind_version_id'",
    "custody_package": "'package_id'",
    "catalogue_description": "'parent_id', 'merged_into_id'",
}
_STAYS = "".join(
    f"CREATE CONSTRAINT TRIGGER catalogue_{what} AFTER {when} ON {table} DEFERRABLE INITIALLY DEFERRED"
    f" FOR EACH ROW EXECUTE FUNCTION catalogue_still_named({columns});\n"
    for table, columns in _NAMED.items()
    for what, when in (("removed", "DELETE"), ("renumbered", "UPDATE OF id"))
)
_UNDO = "".join(
    f"DROP TRIGGER catalogue_removed ON {table}; DROP TRIGGER catalogue_renumbered ON {table};\n" for table in _NAMED
) + """
DROP TRIGGER catalogue_named_changed ON catalogue_description;
DROP TRIGGER catalogue_named_entered ON catalogue_description;
DROP FUNCTION catalogue_still_named();
DROP FUNCTION catalogue_named_changed();
DROP FUNCTION catalogue_named_entered();
DROP FUNCTION catalogue_named(bigint[], bigint[], bigint[], bigint[], bigint[], bigint[]);
DROP FUNCTION catalogue_require(regclass, text, bigint[]);
"""
_STAY = django.db.models.deletion.PROTECT


def _field(name: str, field: models.Field) -> migrations.AlterField:
    return migrations.AlterField(model_name="description", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0006_permanent"),
        ("custody", "0007_files_that_were_migrated"),
        ("holdings", "0002_tree"),
        ("kinds", "0001_initial"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        _field("parent", models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=_STAY, related_name="children", to="catalogue.description")),
        _field("fonds", models.ForeignKey(db_constraint=False, db_index=False, on_delete=_STAY, related_name="descriptions", to="holdings.fonds", verbose_name="全宗")),
        _field("custodian", models.ForeignKey(db_constraint=False, db_index=False, on_delete=_STAY, related_name="+", to="orgs.org", verbose_name="保管单位")),
        _field("creator", models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=_STAY, related_name="+", to="orgs.org", verbose_name="立档单位")),
        _field("kind", models.ForeignKey(db_constraint=False, on_delete=_STAY, related_name="+", to="holdings.recordkind", verbose_name="档案种类")),
        _field("kind_version", models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=_STAY, related_name="+", to="kinds.kindversion")),
        _field("package", models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=_STAY, related_name="+", to="custody.package")),
        _field("merged_into", models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=_STAY, related_name="+", to="catalogue.description")),
        migrations.RunSQL(_CHECKS + _STAYS, _UNDO),
    ]
