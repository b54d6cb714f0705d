namespace Nua.Acceptance.Running;

/// <summary>Makes the smallest applications there are. Each has a name of its own, so that tests do not take names from each other.</summary>
public sealed class SmallApplications(TemporaryFolder folder)
{
    /// <summary>A page.</summary>
    public string Site()
    {
        var app = NewFolder("site");
        File.WriteAllText(Path.Combine(app, "index.html"), $"<p>{Path.GetFileName(app)}");
        return app;
    }

    /// <summary>An application given by commands.</summary>
    /// <param name="build">Lines of <c>[build]</c> in TOML.</param>
    public string Commands(string build)
    {
        var app = NewFolder("app");
        File.WriteAllText(Path.Combine(app, "source.txt"), "something to build\n");
        File.WriteAllText(
            Path.Combine(app, "nua-config.toml"),
            $"[metadata]\nid = \"{Path.GetFileName(app)}\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n[build]\n{build}\n[run]\nstart = \"sleep 1000\"\n");
        return app;
    }

    private string NewFolder(string kind)
    {
        var app = folder[$"{kind}{Guid.NewGuid():n}"[..12]];
        Directory.CreateDirectory(app);
        return app;
    }
}
