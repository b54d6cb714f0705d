using static Nua.Config.Catalogue.ValueShape;

namespace Nua.Config.Catalogue;

/// <summary>The keys of the sections that the original format has.</summary>
public static class SectionKeys
{
    private const int Day = 86_400;

    public static KeyGroup Metadata { get; } = new("metadata", "Who the application is.",
    [
        new("id", Text, "Identifier of the application; the image is named `nua-ID` (see [Image names](#image-names)). "
            + "Default: the folder's name.") { Example = "\"notes\"" },
        new("version", Text, "Version of the packaged software. A number keeps the digits as written: `1.10` is not "
            + "`1.1`. Default: what the project's own files say.") { Example = "\"1.10\"" },
        new("title", Text, "Short name. Default: the id.") { Example = "\"Notes\"" },
        new("author", Text, "Author of the software, not of the package.") { Example = "\"Jo Doe\"" },
        new("release", Integer, "Revision of the package; becomes the `-N` of the tag.") { Example = "3", Minimum = 1 },
        new("description", Text, "Long text.") { Example = "\"Keeps notes.\"" },
        new("tagline", Text, "One line.") { Example = "\"Notes for everyone\"" },
        new("website", Text, "Address of the project.") { Example = "\"https://notes.example\"" },
        new("tags", Texts, "Keywords.") { Example = "[\"office\", \"text\"]" },
        new("profile", TextOrTexts, "Free labels for a catalogue.") { Example = "[\"generic\"]" },
    ]);

    public static KeyGroup Builder { get; } = new("builder", "The language and version to build with.",
    [
        new("name", Text, "Language.") { Example = "\"node\"", IsRequired = true },
        new("version", Text, "Version, as exact as wanted.") { Example = "\"20\"" },
    ]);

    public static KeyGroup Build { get; } = new("build", "Where the source comes from and how it is built. Texts "
        + "marked *template* may hold `{version}` and the like, see [Templates](#templates).",
    [
        new("license", Text, "Licence of the software, best as an SPDX expression.")
        { Example = "\"AGPL-3.0-only\"", Old = ["metadata.license", "metadata.licence", "build.licence"] },
        new("src-url", Text, "*Template.* Archive to build (`.tar`, `.tar.gz`, `.tgz`, `.tar.bz2`, `.tar.xz`, "
            + "`.zip`); its first path component is stripped. Also a path in the project.")
        {
            Example = "\"https://notes.example/notes-{version}.tar.gz\"",
            Old = ["metadata.src-url", "build.source-url", "metadata.source-url", "sources.url", "sources.src-url"],
        },
        new("src-checksum", Text, "SHA-256 of the archive, 64 hex digits; a `sha256:` prefix is allowed. Empty "
            + "means none.")
        {
            Example = "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
            Old =
            [
                "metadata.src-checksum", "metadata.checksum", "build.checksum", "sources.checksum", "sources.src-checksum",
            ],
        },
        new("git-url", Text, "*Template.* Repository to clone when there is no `src-url`.")
        {
            Example = "\"https://git.example/notes.git\"",
            Old = ["metadata.git-url", "build.src-git", "metadata.src-git"],
        },
        new("git-branch", Text, "*Template.* Branch or tag of `git-url`. Default: `main`.")
        { Example = "\"v{version}\"", Old = ["metadata.git-branch"] },
        new("project", Text, "*Template.* Folder to build, inside the project or inside the fetched source.")
        { Example = "\"server\"", Old = ["build.src"] },
        new("base-image", Text, "*Template.* Image to build on instead of Debian; without `method` it also means "
            + "`wrap`.")
        { Example = "\"registry.example/library/redis:7\"", Old = ["metadata.base-image", "metadata.image"] },
        new("method", Text, "`build`, or `wrap` to add Nua's scripts to `base-image` and change nothing else. "
            + "Default: by `base-image`.")
        { Example = "\"build\"", Choices = ["build", "wrap"], Old = ["build.default-method"] },
        new("builder", TextOrTable, "*Template.* Language and version: `node-20`, `ruby-3.2`, `python-3.13`, or a "
            + "table.")
        { Example = "\"node-20\"", Inside = Builder, Old = ["build.nua-base"] },
        new("packages", TextOrTexts, "Debian packages for the build only. One text may name several, parted by spaces.")
        { Example = "[\"gcc\", \"libpq-dev\"]" },
        new("meta-packages", TextOrTexts, "Groups of packages: `postgres-client` (or `psycopg2`), `mariadb-client`.")
        { Example = "[\"postgres-client\"]" },
        new("build", TextOrTexts, "*Template.* Shell commands that build, run in the source folder. They replace "
            + "detection; `\"true\"` or an empty list does nothing.")
        { Example = "[\"make\", \"make install\"]", Old = ["build.build-command"] },
        new("before-build", TextOrTexts, "*Template.* Shell commands run before the build, detected or given.")
        { Example = "[\"./configure\"]" },
        new("pip-install", TextOrTexts, "Arguments of `pip install`, one install each; `*` is matched in the project.")
        { Example = "[\"dist/*.whl\"]" },
        new("test", TextOrTexts, "Shell commands run at the end in the finished image; a failure fails the build.")
        { Example = "[\"test -x /nua/app/server\"]", Old = ["build.test-cmd"] },
        new("document-root", Text, "Folder in the source that is the web root.") { Example = "\"public\"" },
        new("templates", Flag, "`false`: braces are literal, nothing is filled in. Default: true.")
        { Example = "false", IsOurs = true },
        new("stack", Text, "Forces how the application is built instead of detecting it.")
        { Example = "\"static\"", Choices = ["static", "node", "python", "dotnet", "shell"], IsOurs = true },
        new("network", Flag, "Whether the commands of `build` get the network. Default: by what they call.")
        { Example = "true", IsOurs = true },
        new("keep", TextOrTexts, "Absolute paths outside `/nua` that the build writes and the image keeps.")
        { Example = "[\"/usr/local/share/notes\"]", IsOurs = true },
        new("secrets", TextOrTexts, "Identifiers of `--secret` files that build steps may read in `/run/secrets`.")
        { Example = "[\"npm-token\"]", IsOurs = true },
        new("spa-fallback", Flag, "Static sites: unknown paths are answered with `index.html`.")
        { Example = "true", IsOurs = true },
        new("compression", Text, "Compression of the layers. Default: `gzip`.")
        { Example = "\"gzip\"", Choices = ["gzip", "zstd"], IsOurs = true },
        new("memory", Integer, "MiB that build steps may use together, where the machine lets us limit it. Default: four fifths of the "
            + "machine's.") { Example = "2048", Minimum = 64, IsOurs = true },
        new("timeout", Integer, "Seconds a phase of the build may take. Default: 3600.")
        { Example = "1800", Minimum = 1, Maximum = Day, IsOurs = true },
    ]);

    public static KeyGroup Run { get; } = new("run", "How the application runs.",
    [
        new("packages", TextOrTexts, "Debian packages of the image. One text may name several, parted by spaces.")
        { Example = "[\"ffmpeg\"]", Old = ["build.run-packages"] },
        new("start", TextOrTexts, "Shell commands run one after the other at start; the last one is the "
            + "application. The shell expands `${NAME}`; braces are never templates. Default: detected.")
        { Example = "\"./server --port $PORT\"", Old = ["build.start-command"] },
        new("before-run", TextOrTexts, "Shell commands run before those of `start`.")
        { Example = "[\"mkdir -p /tmp/x\"]" },
        new("listens", Flag, "Whether the application accepts connections on `PORT`. A worker does not: it has no port and is "
            + "well while its process runs. Default: detected.") { Example = "false", IsOurs = true },
        new("post-run", TextOrTexts, "Commands an orchestrator runs in the started container. Kept, not run by `nua`.")
        { Example = "[\"sh -c './greet {domain}'\"]" },
        new("post-run-status", Text, "Container status to wait for before `post-run`.") { Example = "\"running\"" },
    ]);

    /// <summary>What a dynamic value may hold.</summary>
    public static KeyGroup Dynamic { get; } = new("dynamic", "A value that the operator makes. The first of `key`, "
        + "`nua_internal`, `external_ip`, `random`, `unique_db`, `unique_user` decides; `false` switches a selector "
        + "off.",
    [
        new("from", Text, "Provider or volume whose `key` is read; absent means the application itself.")
        { Example = "\"database\"" },
        new("key", Text, "Variable or property to read: `hostname`, `domain`, `POSTGRES_USER`…")
        { Example = "\"hostname\"", Old = ["dynamic.environment"] },
        new("nua_internal", Flag, "Password of a database on the host.") { Example = "true" },
        new("external_ip", Flag, "Public address of the host.") { Example = "true" },
        new("random", Flag, "A generated value.") { Example = "true", Old = ["dynamic.random_str"] },
        new("unique_db", Flag, "A database name of its own.") { Example = "true" },
        new("unique_user", Flag, "A database user of its own.") { Example = "true" },
        new("length", Integer, "Characters of a random text; below 8 warns. Default: 24.")
        { Example = "32", Minimum = 5, Maximum = 4096 },
        new("type", Text, "`str` or `int`.") { Example = "\"str\"", Choices = ["str", "string", "int", "integer"] },
        new("persist", Flag, "Keep a generated value for the next start. Default: true.")
        { Example = "true", Old = ["dynamic.persistent"] },
        new("display", Flag, "Show the value to the operator. Default: false.") { Example = "true" },
    ]);

    public static KeyGroup Port { get; } = new("port", "A named port.",
    [
        new("container", IntegerOrDynamic, "Port in the container.")
        { Example = "8080", IsRequired = true, Minimum = 1, Maximum = 65535, Inside = Dynamic },
        new("host", IntegerOrDynamic, "Port on the host. Default: chosen by the operator.")
        { Example = "8100", Minimum = 1, Maximum = 65535, Inside = Dynamic },
        new("proxy", IntegerOrDynamic, "Public port of the reverse proxy.")
        { Example = "443", Minimum = 1, Maximum = 65535, Inside = Dynamic },
        new("protocol", Text, "Default: `tcp`.") { Example = "\"tcp\"", Choices = ["tcp", "udp"] },
        new("ssl", Flag, "TLS on the public port. Default: true.") { Example = "true" },
        new("web", Flag, "Computed.") { Example = "true", IsWritten = true },
        new("name", Text, "Name, in the list form only.") { Example = "\"web\"", IsWritten = true },
    ]);

    public static KeyGroup Healthcheck { get; } = new("healthcheck", "How to see that the application is well. "
        + "Without `command` and `http` it is asked for a TCP connection on `PORT`. Times are seconds; 0 means the "
        + "default.",
    [
        new("command", Text, "Shell command; exit status 0 is healthy.")
        { Example = "\"test -S /run/nua/sock\"", Old = ["healthcheck.cmd"] },
        new("http", Text, "Path asked over HTTP on `PORT`; 2xx and 3xx are healthy.")
        { Example = "\"/health\"", IsOurs = true },
        new("interval", Integer, "Between two checks.") { Example = "10", Minimum = 0, Maximum = Day },
        new("start-period", Integer, "Failures do not count before this.")
        { Example = "20", Minimum = 0, Maximum = Day },
        new("timeout", Integer, "One check may take.") { Example = "5", Minimum = 0, Maximum = Day },
        new("retries", Integer, "Failures in a row that make it unhealthy.")
        { Example = "3", Minimum = 0, Maximum = 1000 },
    ]);

    public static KeyGroup Backup { get; } = new("backup", "What an orchestrator backs up. `nua` itself uses "
        + "`lifecycle.backup`.",
    [
        new("method", Text, "`tgz_volumes`, `pg_dump`, `mysqldump`, `mongodump`.")
        { Example = "\"pg_dump\"", IsRequired = true },
        new("frequency", Text, "How often.") { Example = "\"24h\"" },
        new("options", Free, "Options of the method.") { Example = "{ destination = \"local\" }" },
    ]);

    public static KeyGroup Volume { get; } = new("volume", "A place whose content outlives the container.",
    [
        new("target", Text, "Path in the container; it is the identity of the volume.")
        { Example = "\"/nua/data\"", IsRequired = true, Old = ["volume.dst", "volume.dest", "volume.destination"] },
        new("name", Text, "Short name; for `directory` a path on the host.")
        {
            Example = "\"data\"",
            Old = ["volume.prefix", "volume.source", "volume.source-prefix", "volume.src"],
        },
        new("type", Text, "Default: `managed`.")
        { Example = "\"managed\"", Choices = ["managed", "directory", "tmpfs"] },
        new("class", Text, "`cache`: may vanish at any time, never backed up. Default: `data`.")
        { Example = "\"data\"", Choices = ["data", "cache"], IsOurs = true },
        new("driver", Text, "`docker` or `local`, or the name of a volume plugin.") { Example = "\"local\"" },
        new("options", Free, "Options of driver and mount: `read-only`, `tmpfs_size`, `tmpfs_mode` and the driver's "
            + "own.")
        { Example = "{ read-only = true }", Old = ["volume.option"] },
        new("backup", Table, "How this volume is backed up.")
        { Example = "{ method = \"tgz_volumes\" }", Inside = Backup },
    ]);
}
