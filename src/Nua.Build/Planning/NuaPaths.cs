namespace Nua.Build.Planning;

/// <summary>The fixed places that plans speak of.</summary>
internal static class NuaPaths
{
    /// <summary>The source, in the sandbox only.</summary>
    public const string Source = "/nua/build/src";

    /// <summary>The packager's own files that only the build needs, in the sandbox only.</summary>
    public const string BuildMetadata = "/nua/build/metadata";

    /// <summary>What builds leave for collection, in the sandbox only.</summary>
    public const string Dist = "/nua/build/dist";

    /// <summary>Where the caches of package managers are mounted, in the sandbox only.</summary>
    public const string Caches = "/nua/build/cache";

    public const string App = "/nua/app";
    public const string Venv = "/nua/venv";
    public const string Bin = "/nua/bin";
    public const string Etc = "/nua/etc";
    public const string Scripts = "/nua/scripts";

    /// <summary>PATH of every Nua image, for a stack that must put something in front of it.</summary>
    public const string Path = "/nua/bin:/nua/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}
