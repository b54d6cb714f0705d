namespace Nua.Config.Binding;

/// <summary>Reads the small sections.</summary>
internal static class SectionBinder
{
    public static Metadata Metadata(Fields fields)
    {
        var metadata = new Metadata
        {
            Id = fields.Text("id"),
            Version = fields.Text("version"),
            Title = fields.Text("title"),
            Author = fields.Text("author"),
            Release = fields.Integer("release"),
            Description = fields.Text("description"),
            Tagline = fields.Text("tagline"),
            Website = fields.Text("website"),
            Tags = fields.Texts("tags") ?? [],
            Profile = fields.Texts("profile") ?? [],
        };
        fields.Close();
        return metadata;
    }

    public static RunConfig Run(Fields fields)
    {
        var start = fields.Texts("start");
        var run = new RunConfig
        {
            Packages = fields.Names("packages"),
            Start = start is { Count: > 0 } ? start : null,
            BeforeRun = fields.Texts("before-run") ?? [],
            Listens = fields.Boolean("listens"),
            PostRun = fields.Texts("post-run") ?? [],
            PostRunStatus = fields.Text("post-run-status"),
        };
        fields.Close();
        return run;
    }

    /// <summary>Null when the section is absent. A time of 0 is the default, so it is absent too.</summary>
    public static HealthcheckConfig? Healthcheck(Fields? fields)
    {
        if (fields is null)
        {
            return null;
        }

        var http = fields.Peek("http");
        var health = new HealthcheckConfig
        {
            Command = fields.Text("command"),
            Http = fields.Text("http"),
            Interval = Positive(fields.Integer("interval")),
            StartPeriod = Positive(fields.Integer("start-period")),
            Timeout = Positive(fields.Integer("timeout")),
            Retries = Positive(fields.Integer("retries")),
        };
        if (health.Http is { } path && !path.StartsWith('/'))
        {
            fields.Log.Add(ConfigProblems.BadPath(http!.Path, path, "a path that begins with /"), http.Value.Position);
        }

        fields.Close();
        return health;
    }

    private static int? Positive(int? number) => number > 0 ? number : null;
}
