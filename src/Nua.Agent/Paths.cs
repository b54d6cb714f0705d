namespace Nua.Agent;

/// <summary>Where things are. The program uses the default; tests give a folder that stands for <c>/</c>.</summary>
/// <param name="Root">Put before every absolute path; empty in an image.</param>
internal sealed record Paths(string Root = "")
{
    public string App => At("/nua/app");
    public string Data => At("/nua/data");
    public string Cache => At("/nua/cache");
    public string Etc => At("/nua/etc");
    public string Scripts => At("/nua/scripts");
    public string Templates => At("/nua/scripts/templates");
    public string Config => At("/nua/metadata/nua-config.json");
    public string Backup => At("/nua/backup");
    public string Run => At("/run/nua");
    public string Secrets => At("/run/secrets");
    public string Bindings => At("/bindings");

    /// <summary>The agent itself, for a program that starts it again.</summary>
    public string Agent => Environment.ProcessPath ?? At("/nua/bin/nua-agent");

    /// <summary>Where an absolute path of the image's own configuration is.</summary>
    public string At(string absolute) => Root + absolute;
}
