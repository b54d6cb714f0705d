namespace Nua.Build.Planning.Stacks.Node;

/// <summary>npm packages that compile, and the Debian packages that they compile against and run with.</summary>
internal static class NativeModules
{
    /// <summary>setuptools, because node-gyp before version 10 calls distutils, which Python 3.12 removed and setuptools brings.</summary>
    private static readonly string[] _compiler = ["g++", "make", "python3", "python3-setuptools"];

    /// <param name="Module">Name of the npm package.</param>
    /// <param name="Build">Debian packages with headers; a compiler comes with them.</param>
    /// <param name="Run">Debian packages with the libraries.</param>
    private sealed record Row(string Module, string[] Build, string[] Run, bool Compiles = true);

    /// <summary>Also <c>bindings</c>, <c>nan</c>, <c>prebuild-install</c>: no modules that compile, but those that do use them, whatever they are called.</summary>
    private static readonly Row[] _table =
    [
        new("@mapbox/node-pre-gyp", [], []),
        new("argon2", [], []),
        new("bcrypt", [], []),
        new("better-sqlite3", [], []),
        new("bindings", [], []),
        new("bufferutil", [], []),
        new("canvas", ["libcairo2-dev", "libgif-dev", "libjpeg-dev", "libpango1.0-dev", "librsvg2-dev", "pkg-config"],
            ["libcairo2", "libgif7", "libjpeg62-turbo", "libpango-1.0-0", "libpangocairo-1.0-0", "librsvg2-2"]),
        new("cmake-js", ["cmake"], []),
        new("cpu-features", [], []),
        new("deasync", [], []),
        new("farmhash", [], []),
        new("ibm_db", [], []),
        new("isolated-vm", [], []),
        new("kerberos", ["libkrb5-dev"], ["libgssapi-krb5-2"]),
        new("leveldown", [], []),
        new("libpq", ["libpq-dev"], ["libpq5"]),
        new("libxmljs", [], []),
        new("microtime", [], []),
        new("mmmagic", [], []),
        new("nan", [], []),
        new("node-gyp", [], []),
        new("node-hid", ["libudev-dev", "libusb-1.0-0-dev", "pkg-config"], ["libudev1", "libusb-1.0-0"]),
        new("node-pty", [], []),
        new("node-rdkafka", ["librdkafka-dev", "libssl-dev", "zlib1g-dev"], ["librdkafka1"]),
        new("node-sass", [], []),
        new("pg-native", ["libpq-dev"], ["libpq5"]),
        new("playwright", [], ["chromium"], Compiles: false),
        new("prebuild-install", [], []),
        new("puppeteer", [], ["chromium"], Compiles: false),
        new("re2", [], []),
        new("serialport", ["libudev-dev"], ["libudev1"]),
        new("sqlite3", [], []),
        new("usb", ["libudev-dev"], ["libudev1"]),
        new("utf-8-validate", [], []),
        new("zeromq", ["libzmq3-dev", "pkg-config"], ["libzmq5"]),
    ];

    /// <summary>Looks for the modules in the manifest and, by name, in the lock file: most come through another
    /// package.</summary>
    /// <param name="lockText">Text of the lock file, or empty.</param>
    public static (IReadOnlyList<string> Build, IReadOnlyList<string> Run, IReadOnlyList<string> Modules) Find(
        PackageJson package, string lockText)
    {
        var found = _table.Where(row => package.Uses(row.Module) || IsLocked(lockText, row.Module)).ToList();
        var compiler = found.Exists(row => row.Compiles) ? _compiler : [];
        return (
            [.. found.SelectMany(row => row.Build).Concat(compiler).Distinct().Order(StringComparer.Ordinal)],
            [.. found.SelectMany(row => row.Run).Distinct().Order(StringComparer.Ordinal)],
            [.. found.Select(row => row.Module)]);
    }

    /// <summary>As <c>"node_modules/NAME"</c> (npm), <c>/NAME@</c> or <c> NAME@</c> or <c>'NAME@</c> (pnpm),
    /// <c>NAME@</c> at a line's start (yarn), <c>"NAME"</c> (bun).</summary>
    private static bool IsLocked(string text, string module) =>
        text.Contains($"node_modules/{module}\"", StringComparison.Ordinal)
        || text.Contains($"\n{module}@", StringComparison.Ordinal)
            || text.Contains($"\n\"{module}@", StringComparison.Ordinal)
        || text.Contains($"\n  /{module}@", StringComparison.Ordinal)
            || text.Contains($"\n  /{module}/", StringComparison.Ordinal)
        || text.Contains($"\n  {module}@", StringComparison.Ordinal)
            || text.Contains($"\n  '{module}@", StringComparison.Ordinal)
        || text.Contains($"\n    \"{module}\": [", StringComparison.Ordinal);
}
