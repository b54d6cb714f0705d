namespace Nua.Engine.Operations;

/// <summary>What <see cref="Instances.OperationRecord.Kind"/> may be.</summary>
public static class OperationKind
{
    public const string Install = "install";
    public const string Upgrade = "upgrade";
    public const string Rollback = "rollback";
    public const string Restore = "restore";

    /// <summary>Same release, same data, other settings.</summary>
    public const string Configure = "configure";
    public const string Backup = "backup";
    public const string Destroy = "destroy";
}
